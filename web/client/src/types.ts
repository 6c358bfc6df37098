// The API's shapes, taken from its OpenAPI document (`npm run client` makes schema.d.ts). Where the document says "string"
// and lists the values in words, or "any JSON", `Narrowed` says it to the compiler; a key that the API no longer has, or a
// value that it would not take or give, does not compile.
import type phrases from '../phrases.json'
import type { components } from './schema'

type Schemas = components['schemas']
/** The generator writes "any JSON object" as an object without keys. */
type Open<Given> = Given extends Record<string, never> ? Record<string, unknown> : Given extends object ? { [Key in keyof Given]: Open<Given[Key]> } : Given
type Within<Given, Ours> = { [Key in keyof Ours]: Key extends keyof Given ? Open<Given[Key]> : never }
type Refined<Given, Ours extends Within<Given, Ours>> = Omit<Given, keyof Ours> & Ours
type Narrowed<Name extends keyof Schemas, Ours extends Within<Schemas[Name], Ours>> = Refined<Schemas[Name], Ours>

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
export type Phrase = Narrowed<'Phrase', { params: Record<string, unknown> }>
/** Every sentence that the server has, collected from its sources. */
export type PhraseCode = keyof typeof phrases
export type Tokens = Schemas['TokensView']
export type Me = Narrowed<'MeView', { role: Role; permissions: Permission[] }>
export type Invitation = Narrowed<'InviteeView', { role: Role }>

export type Reading = Narrowed<'LatestValue', { value: Json }>
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
export type Series = Narrowed<'SeriesView', { source: 'raw' | 'buckets'; fields: SeriesField[] }>
export type DeviceEvent = Narrowed<'EventView', { event: Record<string, Json> }>
export type FieldInfo = Narrowed<'FieldView', { kind: FieldKind }>
export type HistoryRange = Schemas['HistoryRange']
export type Command = Narrowed<'CommandView', { status: 'sent' | 'delivered' | 'answered' | 'expired'; params: Json; reply?: Json }>
export type Profile = Narrowed<'Profile', { fields: FieldInfo[] }>

/** Why a rule fired; `kind` tells which of the fields are there. */
export interface Evidence {
  kind?: string
  field?: string
  value?: number
  limit?: number
  clear?: number
  since?: string
  held_s?: number
  from?: number
  from_ts?: string
  by?: number
  op?: 'above' | 'below'
  after_s?: number
  change?: number
  took_s?: number
  direction?: string
  event?: Json
  matched?: Json
  matches_in_minute?: number
  [more: string]: Json | undefined
}
/** The name is null when the thing itself is gone. */
export type Named = Schemas['Named']
type IncidentStatus = 'open' | 'acknowledged' | 'resolved'
export type IncidentBrief = Narrowed<'IncidentFrame', { severity: Severity; status: IncidentStatus }>
export type Incident = Narrowed<'IncidentSummary', { severity: Severity; status: IncidentStatus }>
export type IncidentCounts = Narrowed<'IncidentCountsView', { active_by_severity: Partial<Record<Severity, number>> }>
export type IncidentPage = Narrowed<'IncidentList', { items: Incident[]; counts: IncidentCounts }>
export type Finding = Narrowed<'FindingView', { severity: Severity; evidence: Evidence }>
export type TimelineEntry = Narrowed<'TimelineEntry', { finding?: Finding | null }>
export type IncidentDetail = Incident & Narrowed<'IncidentView', { timeline: TimelineEntry[] }>
export type BulkResult = Schemas['BulkResult']
export type Notice = Narrowed<'NoticeView', { status: 'pending' | 'sent' | 'failed' }>

type SpecOf<Kind extends Schemas['RuleSpec']['kind'], Ours extends Within<Extract<Schemas['RuleSpec'], { kind: Kind }>, Ours> = object> = Refined<Extract<Schemas['RuleSpec'], { kind: Kind }>, Ours>
export type RuleSpec =
  | SpecOf<'threshold', { op: 'above' | 'below' }>
  | SpecOf<'absence'>
  | SpecOf<'rate_of_change', { direction?: 'rise' | 'fall' | 'either' }>
  | SpecOf<'sigma'>
export type RuleInput = Narrowed<'RuleInput', { severity?: Severity | null; spec: RuleSpec }>
export type Rule = Narrowed<'Rule', { severity: Severity; state: 'active' | 'waiting' | 'disabled' | 'broken'; spec: RuleSpec }>
export type RulePreview = Narrowed<'PreviewView', { findings: Narrowed<'PreviewFindingView', { evidence: Evidence }>[] }>

export type Session = Schemas['SessionItem']
export type Person = Narrowed<'PersonItem', { role: Role }>
export type PendingInvitation = Narrowed<'InvitationItem', { role: Role }>
export type NewInvitation = Schemas['NewInvitation']
export type Channel = Narrowed<'Channel', { kind: 'email' | 'webhook'; min_severity: Severity }>
export type ChannelInput = Narrowed<'ChannelInput', { kind: 'email' | 'webhook'; min_severity: Severity; language: 'en' | 'fr' }>
export type NewChannel = Schemas['ChannelWithSecret']
export type ChannelTest = Schemas['ChannelTest']

export type Overview = Narrowed<'Overview', { needs_you: Narrowed<'NeedsYou', { incidents: IncidentCounts }> }>
export type Endpoints = Schemas['Endpoints']
export type System = Schemas['InstallationStatus']
export type QueryResult = Narrowed<'QueryAnswer', { rows: Json[][] }>

type Frames = Schemas['Frame']
type FrameOf<Type extends Frames['type'], Ours extends Within<Extract<Frames, { type: Type }>, Ours> = object> = Refined<Extract<Frames, { type: Type }>, Ours>
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
