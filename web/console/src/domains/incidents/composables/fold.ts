// A long story keeps its beginning and its end, what people did lately, and the newest of many equal findings; the rest is
// one press away, in the place where it belongs.

export interface Entry { id: string; kind: string }
/** An entry, or a row of entries that are not shown. */
export type Part<E extends Entry> = { id: string; entry: E } | { id: string; hidden: E[] }

/** How many findings after the first are shown, and how many entries at the end of the story. */
const findings = 3
const latest = 10
/** Hiding fewer would save no room. */
const worthwhile = 3

/** `opened` holds the ids of the rows that somebody unfolded: each is called as its first entry is. */
export function fold<E extends Entry>(entries: readonly E[], opened: ReadonlySet<string>): Part<E>[] {
  const repeats = new Set(entries.filter(({ kind }) => kind === 'finding').slice(0, -findings))
  const rest = entries.filter((entry) => !repeats.has(entry))
  const middle = new Set(rest.slice(1, -latest))
  const hides = (entry: E) => repeats.has(entry) || middle.has(entry)

  const parts: Part<E>[] = []
  const row: E[] = []
  const close = () => {
    const first = row[0]
    if (first && row.length >= worthwhile && !opened.has(first.id)) parts.push({ id: first.id, hidden: [...row] })
    else parts.push(...row.map((entry) => ({ id: entry.id, entry })))
    row.length = 0
  }
  for (const entry of entries) {
    if (hides(entry)) row.push(entry)
    else {
      close()
      parts.push({ id: entry.id, entry })
    }
  }
  close()
  return parts
}
