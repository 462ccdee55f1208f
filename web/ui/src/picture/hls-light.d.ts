/** The build of hls.js without what no show of ours has; its types are those of the whole. */
declare module "hls.js/light" {
  import Hls from "hls.js";

  export default Hls;
}
