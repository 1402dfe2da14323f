import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The service to develop against; the built console is served by the service itself, from the same origin.
const service = process.env.C360_URL ?? "http://127.0.0.1:8360";
const forwarded = ["/session", "/graphql", "/documents"];

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2023",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    manifest: true,
    // Everything stays a file of its own: the content security policy allows no data: scripts or styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: Object.fromEntries(forwarded.map((path) => [path, { target: service }])) },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
