import { expect, it } from 'vitest'
import { fulfilled, requirements, strength } from './strength'

it('wants length, variety and something else than the e-mail address', () => {
  expect(fulfilled(requirements('correct horse battery', 'a@b.example'))).toBe(true)
  expect(requirements('short', '').length).toBe(false)
  expect(requirements('aaaaaaaaaaaaaaaa', '').varied).toBe(false)
  expect(requirements('Me@Example.org', 'me@example.org ').notEmail).toBe(false)
})

it('tells a phrase from a run of keys', () => {
  expect(strength('')).toBe(0)
  expect(strength('123456789012')).toBe(1)
  expect(strength('abcdefghijklmnop')).toBe(1)
  expect(strength('correct horse battery staple')).toBeGreaterThanOrEqual(3)
})
