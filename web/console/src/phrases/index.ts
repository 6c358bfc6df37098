// What the server says, in the reader's language: by its code and parameters. The English sentence that stands beside them
// is shown as long as we have no words for the code (an older console before a newer server).
import { shallowRef } from 'vue'
import { formatDate, formatDuration, formatMeasure, formatNumber } from '@smartsecurity/ui/format'
import type { Phrase, PhraseCode } from '@smartsecurity/client'

type Sentences = Readonly<Partial<Record<string, string>>>
/** Every sentence is there in every language: one that is missing does not compile. */
const complete = (sentences: Record<PhraseCode, string>): Sentences => sentences
const files = {
  en: () => import('@smartsecurity/client/phrases.json').then((module) => complete(module.default)),
  fr: () => import('./fr.json').then((module) => complete(module.default)),
}
const sentences = shallowRef<Sentences>({})

/** English sentences come with every answer: ours, which also write figures and moments for the reader, come when first used. */
let later: (() => Promise<Sentences>) | undefined

/** Before the language changes, so that no sentence is seen in the one before. */
export async function loadPhrases(language: keyof typeof files): Promise<void> {
  later = language === 'en' ? files.en : undefined
  sentences.value = later ? {} : await files[language]()
}

async function loadNow(wanted: () => Promise<Sentences>) {
  later = undefined
  const loaded = await wanted()
  // Unless the language was changed meanwhile.
  if (Object.keys(sentences.value).length === 0) sentences.value = loaded
}

export function say(phrase: Phrase | null | undefined, english: string): string {
  const template = phrase ? sentences.value[phrase.code] : undefined
  if (phrase && later) void loadNow(later)
  if (!phrase || template === undefined) return english
  const { params } = phrase
  return template.replace(/\{([a-z][a-z0-9_]*)\}/g, (whole, name: string) => (name in params ? spoken(name, params[name]) : whole))
}

/** As the server names its parameters: `_s` is a length of time, `_at` a moment, an object a phrase again. */
function spoken(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => spoken(name, item)).join('. ')
  if (isPhrase(value)) return say(value, '')
  if (typeof value === 'number') return name.endsWith('_s') ? formatDuration(value) : Number.isInteger(value) ? formatNumber(value) : formatMeasure(value)
  if (typeof value === 'string' && name.endsWith('_at')) return formatDate(value)
  return String(value)
}

const isPhrase = (value: unknown): value is Phrase => typeof value === 'object' && value !== null && 'code' in value && 'params' in value

/** Whether the text begins with what was put into it as it is, such as the name of a field. */
function beginsWithAName(text: string, given: unknown): boolean {
  if (typeof given === 'string') return given !== '' && text.startsWith(given) && !/^[\p{L}\p{N}_]/u.test(text.slice(given.length))
  if (Array.isArray(given)) return given.some((item) => beginsWithAName(text, item))
  return isPhrase(given) && beginsWithAName(text, Object.values(given.params))
}

/** The server's texts join into longer ones; alone they are a sentence. A name that it begins with stays as it is. */
export function saySentence(phrase: Phrase | null | undefined, english: string): string
export function saySentence(phrase: Phrase | null | undefined, english: string | undefined): string | undefined
export function saySentence(phrase: Phrase | null | undefined, english: string | undefined): string | undefined {
  const text = english === undefined ? undefined : say(phrase, english)
  if (!text) return text
  const begun = beginsWithAName(text, phrase) ? text : text.charAt(0).toLocaleUpperCase() + text.slice(1)
  return begun + (/[.!?…:]$/.test(text) ? '' : '.')
}

/** Several sentences, each with its phrase in the same place. */
export const sayEach = (texts: readonly string[], phrases: readonly (Phrase | null)[] | undefined) => texts.map((text, at) => saySentence(phrases?.[at], text))
