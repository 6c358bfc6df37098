// The API's shapes, taken from its OpenAPI document (`npm run client` makes schema.d.ts). Where the document says "string"
// and lists the values in words, or "any JSON", `Narrowed` says it to the compiler; a key that the API no longer has does
// not compile.
import type phrases from '../phrases.json'
import type { components } from './schema'

type Schemas = components['schemas']
type Narrowed<Name extends keyof Schemas, Ours extends { [Key in keyof Ours]: Key extends keyof Schemas[Name] ? unknown : never }> = Omit<Schemas[Name], keyof Ours> & Ours

export type Role = 'owner' | 'operator' | 'viewer'
export type Permission = 'read_all' | 'manage_devices' | 'send_commands' | 'manage_rules' | 'handle_incidents' | 'manage_settings' | 'manage_people'
export type Severity = 'informational' | 'low' | 'medium' | 'high' | 'critical'
export type Connectivity = 'never' | 'online' | 'silent' | 'offline'
export type FieldKind = 'number' | 'bool' | 'text' | 'json'
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

export interface Page<T> {
  items: T[]
  next_cursor?: string | null
}
export type ProblemDocument = Partial<Schemas['Problem']>
/** What an English sentence of the server's says, for whoever says it in another language. */
export type Phrase = { code: string; params: Record<string, unknown> }
/** Every sentence that the server has, collected from its sources. */
export type PhraseCode = keyof typeof phrases
export type Tokens = Schemas['TokensView']
export type Me = Narrowed<'MeView', { role: Role; permissions: Permission[] }>
export type Invitation = Narrowed<'InviteeView', { role: Role }>

export interface Reading {
  value: Json
  ts: string
}
export type DeviceSummary = Narrowed<'DeviceSummary', { status: 'pending' | 'active'; connectivity: Connectivity; values: Record<string, Reading> }>
export type DeviceCounts = Schemas['FleetCounts']
export type DevicePage = Narrowed<'DeviceList', { items: DeviceSummary[] }>
export type Twin = Narrowed<'Twin', { telemetry: Record<string, Reading>; reported: Record<string, Json>; desired: Record<string, Json> }>
export type Device = DeviceSummary & Narrowed<'Device', { twin: Twin; status: 'pending' | 'active'; connectivity: Connectivity; values: Record<string, Reading> }>
export type Credentials = Schemas['CredentialsView']
export type CreatedDevice = Schemas['NewDeviceView']
export type DeviceProblem = Schemas['DeviceProblem']
export type SeriesPoint = [ts: number, min: number, avg: number, max: number, count: number]
export type SeriesField = Narrowed<'SeriesFieldView', { kind: FieldKind; points: SeriesPoint[] }>
export type Series = Narrowed<'SeriesView', { source: 'raw' | 'rollup'; fields: SeriesField[] }>
export type DeviceEvent = Narrowed<'EventView', { event: Record<string, Json> }>
export type FieldInfo = Narrowed<'FieldView', { kind: FieldKind }>
export type HistoryRange = Schemas['HistoryRange']
export type Command = Narrowed<'CommandView', { status: 'sent' | 'delivered' | 'answered' | 'expired'; params: Json; reply?: Json }>
export type Profile = Narrowed<'Profile', { fields: FieldInfo[] }>

export type IncidentCounts = Narrowed<'IncidentCountsView', { active_by_severity: Partial<Record<Severity, number>> }>
export type Overview = Narrowed<'Overview', { needs_you: Narrowed<'NeedsYou', { incidents: IncidentCounts }> }>
export type Endpoints = Schemas['Endpoints']
export type System = Schemas['InstallationStatus']
export type QueryResult = Narrowed<'QueryAnswer', { rows: Json[][] }>

export type IncidentBrief = Narrowed<'IncidentFrame', { severity: Severity; status: 'open' | 'acknowledged' | 'resolved' }>

type Frames = Schemas['Frame']
type FrameOf<Type extends Frames['type'], Ours = unknown> = Omit<Extract<Frames, { type: Type }>, keyof Ours> & Ours
/** What the stream sends. The cursor is opaque: it is kept and sent back, never looked into. */
export type Frame =
  | FrameOf<'hello'>
  | FrameOf<'values', { values: Record<string, Json> }>
  | FrameOf<'event', { event: Record<string, Json> }>
  | FrameOf<'status', { from: Connectivity; to: Connectivity }>
  | FrameOf<'presence'>
  | FrameOf<'incident', { incident: IncidentBrief }>
  | FrameOf<'problem'>
  | FrameOf<'gap'>
  | FrameOf<'ping'>
  | FrameOf<'end'>
export type Topic = 'values' | 'status' | 'incidents' | 'problems' | 'events'
