// What MSBuild runs (Client.targets): installs the packages of the lock file when it changed, checks the types, builds dist/.
// Several builds of one working copy may run at once: they take turns, and who comes second finds the work done.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const lock = join(here, "node_modules.lock");
const installed = join(here, "node_modules/.installed");
const built = join(here, "dist/.vite/manifest.json");
const ownFiles = ["build.mjs", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts"];

function run(what, command, args) {
  const result = spawnSync(command, args, { cwd: here, encoding: "utf8", shell: process.platform === "win32" });
  if (result.status === 0) return;
  console.error(`webmail: ${what} failed${result.error ? `: ${result.error.message}` : ""}\n${result.stdout ?? ""}${result.stderr ?? ""}`);
  unlock();
  process.exit(1);
}

const timeOf = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);

function newestIn(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).reduce((newest, one) => Math.max(newest, timeOf(join(one.parentPath ?? one.path, one.name))), timeOf(folder));
}

/** The lock is a folder with the id of its process: one whose process is gone holds nothing. */
function takeLock() {
  for (;;) {
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, "pid"), String(process.pid));
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      if (isAbandoned()) rmSync(lock, { recursive: true, force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
}

function isAbandoned() {
  try {
    process.kill(Number(readFileSync(join(lock, "pid"), "utf8")), 0);
    return false;
  } catch (error) {
    // Between making the folder and writing the id there is a moment without it.
    return error.code === "ESRCH" || (error.code === "ENOENT" && Date.now() - timeOf(lock) > 5_000);
  }
}

function unlock() {
  rmSync(lock, { recursive: true, force: true });
}

takeLock();
try {
  if (timeOf(installed) < Math.max(timeOf(join(here, "package-lock.json")), timeOf(join(here, "package.json")))) {
    run("npm ci", "npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
    writeFileSync(installed, "");
  }
  const sources = Math.max(newestIn(join(here, "src")), ...ownFiles.map((name) => timeOf(join(here, name))));
  if (timeOf(built) <= sources) {
    run("the type check", "npx", ["--no-install", "tsc", "--noEmit"]);
    run("vite build", "npx", ["--no-install", "vite", "build", "--logLevel", "error"]);
    const now = new Date();
    utimesSync(built, now, now);
  }
} finally {
  unlock();
}
