import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('./console/src', import.meta.url)) } },
  test: { include: ['{ui,client,console}/src/**/*.test.ts'], environment: 'node' },
})
