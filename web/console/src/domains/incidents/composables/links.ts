// Addresses in what people wrote. Only those of the web: what else an address may be (javascript:, data:) stays text.

export interface Piece { text: string; url?: string }

/** What ends a sentence, or closes a bracket that was opened before the address, is not part of it. */
function trimmed(address: string): string {
  const last = address.at(-1) ?? ''
  const open = { ')': '(', ']': '[' }[last]
  const stray = open ? address.split(last).length > address.split(open).length : /[.,;:!?'"»’”>]/.test(last)
  return stray ? trimmed(address.slice(0, -1)) : address
}

/** What no address holds ends it: a space, markup, and the characters that would show it in another order than it is. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = []
  let at = 0
  for (const match of text.matchAll(/\bhttps?:\/\/[^\s<>"\u202a-\u202e\u2066-\u2069]+/gi)) {
    const url = trimmed(match[0])
    if (!URL.canParse(url)) continue
    if (match.index > at) found.push({ text: text.slice(at, match.index) })
    found.push({ text: url, url })
    at = match.index + url.length
  }
  return at < text.length ? [...found, { text: text.slice(at) }] : found
}
