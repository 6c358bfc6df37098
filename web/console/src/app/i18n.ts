// The reader's language. Messages live with their domain and are fetched for one language at a time, when a screen needs them.
import { computed } from 'vue'
import { createI18n } from 'vue-i18n'
import { setUiLocale } from '@smartsecurity/ui'
import { loadPhrases } from '@/phrases'
import type { Domain, Language, Messages, Words } from './domain'

const key = 'smartsecurity.language'
export const languages: { value: Language; label: string }[] = [
  { value: 'en', label: 'English' },
  { value: 'fr', label: 'Français' },
]

export const i18n = createI18n({ legacy: false, locale: 'en', fallbackLocale: 'en', missingWarn: import.meta.env.DEV, fallbackWarn: false, messages: {} as Record<string, Messages> })
export const language = computed(() => i18n.global.locale.value as Language)

const shell = { en: () => import('../messages/en'), fr: () => import('../messages/fr') }
const ui = { en: () => import('@smartsecurity/ui/text/en').then((m) => m.en), fr: () => import('@smartsecurity/ui/text/fr').then((m) => m.fr) }
const loaded = new Set<string>()
const wanted = new Set<Domain>()

async function loadDomain(domain: Domain, to: Language): Promise<void> {
  wanted.add(domain)
  const mark = `${to}/${domain.name}`
  if (loaded.has(mark)) return
  const { default: messages } = await domain.messages[to]()
  i18n.global.mergeLocaleMessage(to, { [domain.name]: messages })
  loaded.add(mark)
}

/** Before a screen of this domain is shown. */
export const loadMessages = (domain: Domain) => loadDomain(domain, language.value)

let latest: Language | undefined

export async function setLanguage(to: Language, remember = true): Promise<void> {
  latest = to
  const [words, text] = await Promise.all([shell[to](), ui[to](), loadPhrases(to), ...[...wanted].map((domain) => loadDomain(domain, to))])
  // Another one was chosen while this one came.
  if (latest !== to) return
  i18n.global.mergeLocaleMessage(to, words.default)
  i18n.global.locale.value = to
  // Dates and figures follow the reader's own region where it speaks the chosen language.
  setUiLocale(navigator.languages.find((tag) => tag.toLowerCase().startsWith(to)) ?? to, text)
  document.documentElement.lang = to
  if (remember) localStorage.setItem(key, to)
}

const known = (tag: string | null | undefined): tag is Language => languages.some((entry) => entry.value === tag)

// Chosen in another tab: all of them speak the same.
window.addEventListener('storage', ({ key: changed, newValue }) => {
  if (changed === key && known(newValue)) void setLanguage(newValue, false)
})

export function preferredLanguage(): Language {
  const stored = localStorage.getItem(key)
  if (known(stored)) return stored
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(known) ?? 'en'
}

/** Words that are needed before any message file is there: navigation, commands. */
export const say = (words: Words): string => words[language.value]
