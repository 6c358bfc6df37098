export interface Column {
  key: string
  label: string
  /** A CSS grid track: `minmax(12rem, 2fr)`, `8rem`. */
  width: string
  align?: 'start' | 'end'
  /** The name to sort by; without it the column does not sort. */
  sort?: string
  /** Shown from this width on. */
  from?: 'md' | 'lg' | 'xl'
}
