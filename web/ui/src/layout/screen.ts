import { readonly, ref } from 'vue'

function follow(query: string) {
  const media = window.matchMedia(query)
  const state = ref(media.matches)
  media.addEventListener('change', (event) => (state.value = event.matches))
  return readonly(state)
}

/** The widths at which the layout changes, the same ones as in the style sheet. */
export const phone = follow('(max-width: 639px)')
export const atLeast = { md: follow('(min-width: 768px)'), lg: follow('(min-width: 1024px)'), xl: follow('(min-width: 1280px)') }
