import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const server = process.env.SMARTSECURITY_DEV_SERVER ?? 'http://127.0.0.1:8080'

// Few files that compress well, instead of dozens of tiny ones: what every screen needs, and the icons.
const rolldownOptions = {
  output: {
    codeSplitting: {
      groups: [
        { name: 'frame', test: /node_modules\/(vue|@vue|vue-router|vue-i18n|@intlify|@tanstack\/(vue-)?query[^/]*)\// },
        { name: 'icons', test: /node_modules\/@lucide\// },
      ],
    },
  },
}

export default defineConfig({
  plugins: [vue(), tailwindcss()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  // The server's CSP takes fonts and scripts from its own files only: nothing may become a data: URL or an inline script.
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: 'es2023', reportCompressedSize: false, chunkSizeWarningLimit: 700, rolldownOptions },
  server: { proxy: { '/api': { target: server, ws: true, changeOrigin: false } } },
})
