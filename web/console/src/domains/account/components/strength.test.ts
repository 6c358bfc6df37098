import { expect, it } from 'vitest'
import { requirements, strength, unmet } from './strength'

it('wants length, variety and more than the name or the e-mail address', () => {
  expect(unmet(requirements('correct horse battery', 'a@b.example'))).toBeUndefined()
  expect(unmet(requirements('short', ''))).toBe('length')
  expect(requirements('aaaaaaaaaaaaaaaa', '').varied).toBe(false)
})

it('tells a phrase from a run of keys', () => {
  expect(strength('')).toBe(0)
  expect(strength('123456789012')).toBe(1)
  expect(strength('abcdefghijklmnop')).toBe(1)
  expect(strength('correct horse battery staple')).toBeGreaterThanOrEqual(3)
})

// The same passwords as in the server's tests (crates/identity/src/password/policy.rs).
const ada = ['ada.lovelace@example.com', 'Ada Lovelace'] as const
it.each(['ada.lovelace1', 'Lovelace2026', 'ada.lovelace@example.com', ' Ada.Lovelace@Example.com', 'Ada.Lovelace@Example.com1', 'Ada Lovelace!'])('does not call %s good, which the server refuses', (password) => {
  expect(requirements(password, ...ada).notOwn).toBe(false)
  expect(strength(password, ...ada)).toBe(1)
})

it.each(['correct horse battery staple', 'k7#Qz!m2Vx9p', 'дракон и самовар', 'lovelace built a tiny engine'])('takes %s, which the server takes', (password) => {
  expect(unmet(requirements(password, ...ada))).toBeUndefined()
  expect(strength(password, ...ada)).toBeGreaterThan(1)
})

it('counts only what is not of one’s own name or address', () => {
  expect(strength('ada.lovelace@example.com kettle', ...ada)).toBeLessThan(strength('ada.lovelace@example.com kettle'))
})
