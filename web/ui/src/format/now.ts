import { readonly, ref } from 'vue'

// One clock for the whole page: a thousand ages on a screen cost one timer, and change at the same moment.
const current = ref(Date.now())
let timer: ReturnType<typeof setInterval> | undefined

/** The time, renewed every five seconds while the page is visible. */
export function useNow() {
  timer ??= setInterval(() => {
    if (document.visibilityState === 'visible') current.value = Date.now()
  }, 5000)
  return readonly(current)
}
