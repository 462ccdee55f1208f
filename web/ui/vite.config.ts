import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

const here = import.meta.dirname;
const pages = readdirSync(here).filter((name) => name.endsWith(".html"));

/** Phones that a shop's customers still hold: the stylesheets are lowered to what these know. */
const oldest = { safari: 16 << 16, ios_saf: 16 << 16, chrome: 109 << 16, firefox: 115 << 16 };

export default defineConfig({
  root: here,
  css: { transformer: "lightningcss", lightningcss: { targets: oldest } },
  build: {
    outDir: resolve(here, "../static"),
    emptyOutDir: true,
    manifest: true,
    target: ["safari16", "chrome109", "firefox115"],
    cssMinify: "lightningcss",
    // The pages' Content-Security-Policy allows no inline script, style or data: address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: pages.map((page) => resolve(here, page)) },
  },
  server: {
    proxy: {
      "/api": "http://127.0.0.1:8080",
      "/socket.io": { target: "http://127.0.0.1:8080", ws: true },
    },
  },
  test: {
    include: ["tests/**/*.test.ts"],
    environment: "node",
  },
});
