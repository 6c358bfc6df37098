// What a chart draws, and the arithmetic that keeps it honest. Pure functions: no drawing, no document.

/** A bucket of the lake: time in milliseconds, lowest, average, highest, and how many values it stands for. */
export type ChartPoint = readonly [ts: number, min: number, avg: number, max: number, count: number]

export interface ChartSeries {
  name: string
  unit?: string | null | undefined
  points: ChartPoint[]
}

/** A horizontal line: a limit, with its words. */
export interface ChartLimit { value: number; label: string; tone?: 'red' | 'amber' | 'green' | 'blue' | 'grey' }

/** A moment: a finding, an incident, a command. */
export interface ChartMark { ts: number; label: string; tone?: 'red' | 'amber' | 'green' | 'blue' | 'grey' }

/** The usual distance between two points: the median, so that a gap does not widen it. */
export function usualStep(points: ChartPoint[]): number {
  const steps: number[] = []
  for (let index = 1; index < points.length; index++) steps.push((points[index]?.[0] ?? 0) - (points[index - 1]?.[0] ?? 0))
  steps.sort((a, b) => a - b)
  return steps[steps.length >> 1] ?? 0
}

export type Drawn = [ts: number, value: number | null]

/** The line with a hole wherever more than three usual steps passed without a value. A gap is never bridged. */
export function withGaps(points: ChartPoint[], pick: (point: ChartPoint) => number, bucket = 0): Drawn[] {
  const limit = Math.max(usualStep(points), bucket) * 3
  const drawn: Drawn[] = []
  let before: number | undefined
  for (const point of points) {
    if (before !== undefined && limit > 0 && point[0] - before > limit) drawn.push([before + 1, null])
    drawn.push([point[0], pick(point)])
    before = point[0]
  }
  return drawn
}

/** Whether a band between lowest and highest says more than the line does. */
export function hasBand(points: ChartPoint[]): boolean {
  return points.some((point) => point[1] !== point[3])
}

/** The point nearest to a moment. */
export function nearest(points: ChartPoint[], ts: number): ChartPoint | undefined {
  let low = 0
  let high = points.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((points[middle]?.[0] ?? 0) < ts) low = middle + 1
    else high = middle
  }
  const after = points[low]
  const before = points[low - 1]
  if (!before || !after) return after ?? before
  return ts - before[0] < after[0] - ts ? before : after
}

export function summary(points: ChartPoint[]): { min: number; max: number; last: number; count: number } | undefined {
  const end = points.at(-1)
  if (!end) return undefined
  let min = Infinity
  let max = -Infinity
  let count = 0
  for (const point of points) {
    min = Math.min(min, point[1])
    max = Math.max(max, point[3])
    count += point[4]
  }
  return { min, max, last: end[2], count }
}
