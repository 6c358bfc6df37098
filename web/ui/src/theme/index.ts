// The choice between light, dark and the system's own. Kept in localStorage; `public/theme.js` reads it before the first
// paint, so a dark room never sees a white flash. Charts ask for colours by token name and are told when they change.
import { computed, ref, watchEffect } from 'vue'

export type ThemeChoice = 'system' | 'light' | 'dark'

const key = 'smartsecurity.theme'
const dark = window.matchMedia('(prefers-color-scheme: dark)')
const systemDark = ref(dark.matches)
dark.addEventListener('change', (event) => (systemDark.value = event.matches))

function stored(): ThemeChoice {
  const value = localStorage.getItem(key)
  return value === 'light' || value === 'dark' ? value : 'system'
}

export const themeChoice = ref<ThemeChoice>(stored())
export const theme = computed<'light' | 'dark'>(() =>
  themeChoice.value === 'system' ? (systemDark.value ? 'dark' : 'light') : themeChoice.value,
)

watchEffect(() => {
  document.documentElement.dataset.theme = theme.value
  if (themeChoice.value === 'system') localStorage.removeItem(key)
  else localStorage.setItem(key, themeChoice.value)
})

// Chosen in another tab: all of them look the same.
window.addEventListener('storage', (event) => {
  if (event.key === key || event.key === null) themeChoice.value = stored()
})

/** The value of a token (`text-2`) in the present theme. */
export function token(name: string): string {
  void theme.value
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}
