import { expect, test } from 'vitest'
import { asInput, blank, missing, trimmed } from './channelForm'

test('everything that is missing is said at once, in the words of the kind', () => {
  expect(missing(blank('en'))).toEqual({ name: 'settings.channel.needs.name', target: 'settings.channel.needs.address' })
  expect(missing({ ...blank('en'), kind: 'webhook', name: '  ' })).toEqual({ name: 'settings.channel.needs.name', target: 'settings.channel.needs.url' })
  expect(missing({ ...blank('en'), name: 'Night shift', target: 'not an address' })).toEqual({})
})

test('a new channel has nothing of the one before', () => {
  const first = blank('fr')
  Object.assign(first, { kind: 'webhook', min_severity: 'critical', name: 'Old' })
  expect(blank('fr')).toEqual({ name: '', kind: 'email', target: '', min_severity: 'medium', language: 'fr' })
})

test('a channel is edited as it is, and sent without the spaces around', () => {
  const channel = { id: '1', name: 'Night shift', kind: 'webhook', target: 'https://a.example', min_severity: 'high', language: 'fr', enabled: true, created_at: '' } as const
  expect(asInput(channel)).toEqual({ name: 'Night shift', kind: 'webhook', target: 'https://a.example', min_severity: 'high', language: 'fr' })
  expect(trimmed({ ...asInput(channel), name: ' A ', target: ' b ' })).toMatchObject({ name: 'A', target: 'b' })
})
