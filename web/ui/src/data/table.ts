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
  /** Shown from this width on. */
  from?: 'md' | 'lg' | 'xl'
}
