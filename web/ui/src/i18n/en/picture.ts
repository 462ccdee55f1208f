import type { PictureMessages } from "../picture";

/** English. */
const messages: PictureMessages = {
  backSoon: "Back in a moment",
  pictureOf: (title) => `Live picture of ${title}`,

  preview: "Your picture",
  sendPicture: "Send picture",
  stopSending: "Stop sending",
  connecting: "Connecting…",
  useCamera: "Camera",
  useScreen: "Share screen",
  chooseCamera: "Choose a camera",
  chooseMicrophone: "Choose a microphone",
  microphoneOn: "Turn the microphone on",
  microphoneOff: "Turn the microphone off",
  level: "Sound level",
  cameraN: (n) => `Camera ${n}`,
  microphoneN: (n) => `Microphone ${n}`,
  asking: "Allow the camera and the microphone in your browser.",
  denied: "The browser does not let this page use the camera.",
  deniedWords:
    "Open the site settings left of the address, allow camera and microphone, and try again; or use OBS, below.",
  noCamera: "There is no camera.",
  noCameraWords: "Plug one in and try again, or share your screen; or use OBS, below.",
  inUse: "Another program is using the camera. Close it and try again.",
  notSecure: "Cameras work on https addresses only.",
  noH264: "This browser cannot send H.264. Use Chrome, Edge or Safari, or OBS.",
  refused: "The server did not take the picture. Try again.",
  lostAgain: "The picture was lost; connecting again…",

  signalGood: "Good signal",
  signalWeak: "The network is too slow",
  signalWeakWords:
    "The picture gets blurry. Move closer to the Wi-Fi, or use a cable or mobile data.",
  signalBusy: "This device is too busy",
  signalBusyWords: "The picture stutters. Close other tabs and programs, or plug in the charger.",
  signalLoss: "Many packets are lost",
  signalLossWords: "Try another network; viewers may see the picture freeze.",
  facts: (size, rate) => `${size}, ${rate}`,
  audienceSeesIt: "Viewers see it",
  notKept:
    "The disk is full or refuses to write: the show goes on, but this part is not recorded. Tell the operator.",

  withObs: "With OBS",
  withObsWords:
    "In OBS, under Settings → Stream, choose WHIP and paste these two; output H.264 with a key frame every second.",
  address: "Server",
  key: "Stream key",
  show: "Show",
  hide: "Hide",
  copy: "Copy",
  copied: "Copied",
  newKey: "New key",
  newKeyWords:
    "The old key stops working at once; what is sent with it is refused at the next connection.",

  // The replay
  play: "Play",
  pause: "Pause",
  timeLine: "Time line",
  jumpTo: (code, at) => `Jump to ${code}, ${at}`,
  replaySells: "+1 works in the replay too",
  shopPrice: "Shop price",
  notInShop: "No longer in the shop",
  addOne: (code) => `Add ${code} to the cart`,
  chooseVariant: (code) => `Choice of ${code}`,
  noReplay: "No replay was kept of this show.",
  maySell: "The replay may sell",
  deleteReplay: "Delete the replay",
  deleteWords: "Its files are deleted with it, for good.",
};

export default messages;
