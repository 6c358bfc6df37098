/** The columns of a table, and which of them fit. */
export interface Column {
  key: string
  label: string
  /** A CSS grid track: `minmax(12rem, 2fr)`, `8rem`. */
  width: string
  align?: 'start' | 'end'
  /** The name to sort by; without it the column does not sort. */
  sort?: string
  /** When the list can be sorted by it in one direction only. */
  direction?: 'ascending' | 'descending'
  /** Gives way where the columns do not all fit; the highest goes first. */
  gives?: number
}

/** What a track needs at least, in rem: `8rem` and `minmax(8rem,1fr)` need eight. */
const least = (track: string) => Number(/([\d.]+)rem/.exec(track)?.[1] ?? 0)

/** The chosen ones that are still in the list: what a filter or somebody else took away is not acted on unseen. */
export function stillListed(chosen: ReadonlySet<string>, listed: Iterable<string>): Set<string> {
  const there = new Set(listed)
  return new Set([...chosen].filter((key) => there.has(key)))
}

/** Those that stand side by side in `room`: they give way one by one, and a column that never does stays whatever it costs. */
export function fitting<C extends Pick<Column, 'width' | 'gives'>>(columns: C[], room: number, gap: number): C[] {
  const needed = columns.reduce((sum, column) => sum + least(column.width) + gap, -gap)
  const next = Math.max(...columns.map((column) => column.gives ?? 0))
  return needed <= room || next <= 0 ? columns : fitting(columns.filter((column) => column.gives !== next), room, gap)
}
