import { ref, shallowRef } from 'vue'
import { en, type UiText } from './en'

export type { UiText }

/** The reader's locale, for every number and date that a component writes. */
export const locale = ref('en')
export const words = shallowRef<UiText>(en)

/** Called by the application once the locale's words are loaded, so that words and figures change together. */
export function setUiLocale(tag: string, text: UiText): void {
  locale.value = tag
  words.value = text
}
