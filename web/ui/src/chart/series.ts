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

/** How many steps on either side tell the rhythm of the moment. */
const around = 7

function median(numbers: number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0
}

/**
 * The usual distance between points near this step: a device that changed its rhythm has two usual distances, and
 * neither of them is a gap. The larger of the medians before and after it.
 */
export function usualStep(steps: number[], at: number): number {
  const before = steps.slice(Math.max(0, at - around), at)
  const after = steps.slice(at + 1, at + 1 + around)
  return Math.max(median(before), median(after)) || (steps[at] ?? 0)
}

export type Drawn = [ts: number, value: number | null]

function stepsOf(points: ChartPoint[]): number[] {
  return points.slice(1).map((point, at) => point[0] - (points[at]?.[0] ?? 0))
}

/** More than three usual steps passed between this point and the next. */
function isGap(points: ChartPoint[], at: number, bucket: number, steps = stepsOf(points)): boolean {
  return (steps[at] ?? 0) > Math.max(usualStep(steps, at), bucket) * 3
}

/** The line with a hole wherever values failed to come. A gap is never bridged. */
export function withGaps(points: ChartPoint[], pick: (point: ChartPoint) => number, bucket = 0): Drawn[] {
  const steps = stepsOf(points)
  return points.flatMap((point, at): Drawn[] => {
    const drawn: Drawn = [point[0], pick(point)]
    const before = points[at - 1]
    return before && isGap(points, at - 1, bucket, steps) ? [[before[0] + 1, null], drawn] : [drawn]
  })
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

/**
 * The value that a moment stands on, if there is one: the nearest point, as long as the line passes through here. In a gap,
 * and beyond the ends, only a point that is in reach, or whose bucket holds the moment.
 */
export function pointAt(points: ChartPoint[], ts: number, bucket: number, reach: number): ChartPoint | undefined {
  const found = nearest(points, ts)
  if (!found) return undefined
  const distance = ts - found[0]
  if (Math.abs(distance) <= reach || (distance > 0 && distance < bucket)) return found
  const at = points.indexOf(found)
  const side = distance < 0 ? at - 1 : at
  const [before, after] = [points[side], points[side + 1]]
  if (!before || !after) return undefined
  return isGap(points, side, bucket) ? undefined : found
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

/** The step between labels that ECharts chooses: 1, 2, 3 or 5 times a power of ten. */
function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step))
  const part = step / power
  return power * (part < 1.5 ? 1 : part < 2.5 ? 2 : part < 4 ? 3 : part < 7 ? 5 : 10)
}

/** The ends of an axis at whole steps: one that begins elsewhere gets a label of its own there, over the next one. */
export function wholeSteps(lowest: number, highest: number, steps: number): { min: number; max: number } {
  let ends = { min: lowest, max: highest }
  let step = 0
  // Wider ends can mean a wider step, which can mean wider ends.
  for (let round = 0; round < 8 && ends.max > ends.min; round += 1) {
    const next = niceStep((ends.max - ends.min) / steps)
    if (next === step) break
    step = next
    const digits = Math.max(0, Math.min(20, -Math.floor(Math.log10(step))))
    ends = { min: Number((Math.floor(lowest / step) * step).toFixed(digits)), max: Number((Math.ceil(highest / step) * step).toFixed(digits)) }
  }
  return ends
}
