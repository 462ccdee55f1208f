import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { type Plugin } from "vite";
import { defineConfig } from "vitest/config";

const here = import.meta.dirname;
const pages = readdirSync(here).filter((name) => name.endsWith(".html"));

/** Phones that a shop's customers still hold: the stylesheets are lowered to what these know. */
const oldest = { safari: 16 << 16, ios_saf: 16 << 16, chrome: 109 << 16, firefox: 115 << 16 };

const compressible = new Set([".html", ".js", ".css", ".svg"]);

/**
 * Writes each text file twice more, compressed as hard as it goes: the service sends those to
 * browsers that take them, and spends no time on it.
 */
function compressed(folder: string): Plugin {
  return {
    name: "compressed",
    apply: "build",
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        if (!compressible.has(extname(name))) continue;
        const file = resolve(folder, name);
        const text = readFileSync(file);
        const size = { [constants.BROTLI_PARAM_SIZE_HINT]: text.length };
        writeFileSync(`${file}.br`, brotliCompressSync(text, { params: size }));
        writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }));
      }
    },
  };
}

const built = resolve(here, "../static");

export default defineConfig({
  root: here,
  plugins: [compressed(built)],
  css: { transformer: "lightningcss", lightningcss: { targets: oldest } },
  build: {
    outDir: built,
    emptyOutDir: true,
    manifest: true,
    target: ["safari16", "chrome109", "firefox115"],
    cssMinify: "lightningcss",
    // The pages' Content-Security-Policy allows no inline script, style or data: address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: pages.map((page) => resolve(here, page)),
      output: {
        // Few files: a browser asks for six at a time over HTTP/1.1, and each wave costs a round trip.
        codeSplitting: {
          groups: [
            { name: "room", test: /engine\.io|socket\.io|src\/room\// },
            {
              name: "base",
              test: /node_modules\/(?!hls\.js)|rolldown|src\/(design\/(?!sheet|forms)|wire\/|session\/session|chat\/(button|chatting)|i18n\/(index|locales|format|problems)\.ts)/,
            },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      "/api": "http://127.0.0.1:8710",
      "/socket.io": { target: "http://127.0.0.1:8710", ws: true },
    },
  },
  test: {
    include: ["tests/**/*.test.ts"],
    environment: "node",
  },
});
