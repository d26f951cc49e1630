import { brotliCompressSync, constants } from "node:zlib";
import type { Plugin } from "vite";
import { build } from "vite";
import { defineConfig } from "vitest/config";

/** Beside each file what is sent to browsers that take brotli: compressed once here, as small as it gets, instead of at each request. */
function brotli(): Plugin {
  return {
    name: "brotli",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        for (const [fileName, file] of Object.entries(bundle)) {
          if (!/\.(js|css|svg)$/.test(fileName)) continue;
          const content = Buffer.from(file.type === "chunk" ? file.code : file.source);
          const source = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length } });
          if (source.length < content.length) this.emitFile({ type: "asset", fileName: `${fileName}.br`, source });
        }
      },
    },
  };
}

/** The service worker is one script that imports nothing: it must not have parts of another build. */
function loneWorker(): Plugin {
  return {
    name: "lone-worker",
    apply: "build",
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle))
        if (file.type === "chunk" && file.name === "worker" && file.imports.length + file.dynamicImports.length + file.exports.length > 0) this.error("src/offline/worker.ts imports or exports something");
    },
  };
}

/** The script that stands in the page itself (src/first.ts): one piece, put beside the files that the page names. */
function firstScript(): Plugin {
  return {
    name: "first-script",
    apply: "build",
    async generateBundle() {
      const built = await build({
        configFile: false, publicDir: false, logLevel: "error",
        build: { write: false, target: "es2022", modulePreload: false, rollupOptions: { input: "src/first.ts", output: { format: "iife" } } },
      });
      const chunks = [built].flat().flatMap((one) => ("output" in one ? one.output : [])).filter((one) => one.type === "chunk");
      if (chunks.length !== 1 || chunks[0]!.imports.length > 0) this.error("src/first.ts is not one piece");
      this.emitFile({ type: "asset", fileName: "first.js", source: chunks[0]!.code.trim() });
    },
  };
}

// One page, built into files whose names hold a hash of what they are. Facteur.Web embeds them in its assembly.
export default defineConfig({
  base: "/mail/",
  publicDir: false,
  plugins: [brotli(), loneWorker(), firstScript()],
  // Tests are of pure logic: they need no world of their own each. What they may cost is counted in work; the clock only ends what hangs.
  test: { include: ["test/**/*.test.ts"], isolate: false, pool: "forks", testTimeout: 60_000 },
  build: {
    outDir: "dist",
    target: "es2022",
    // What tokens.css needs, light-dark(), as it is written: the pages of the server have the same file.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    manifest: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    sourcemap: false,
    reportCompressedSize: false,
    rollupOptions: { input: { mail: "src/main.tsx", worker: "src/offline/worker.ts" } },
  },
});
