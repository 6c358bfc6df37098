import { readonly, ref } from 'vue'

function follow(query: string) {
  const media = window.matchMedia(query)
  const state = ref(media.matches)
  media.addEventListener('change', (event) => (state.value = event.matches))
  return readonly(state)
}

/** Where the layout becomes a phone's, at the same width as in the style sheet. */
export const phone = follow('(max-width: 639px)')
