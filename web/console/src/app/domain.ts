// What a folder of `domains/` tells the rest: its screens, its place in the navigation, what may be done from anywhere.
// Found by name (`domains/*/index.ts`), so that adding a screen touches no list. Domains never import one another.
import type { Permission } from '@smartsecurity/client'
import type { PaletteItem } from '@smartsecurity/ui'
import type { Component } from 'vue'
import type { RouteRecordRaw } from 'vue-router'

export type Language = 'en' | 'fr'
export type Words = Record<Language, string>
export type Messages = { [key: string]: string | Messages }

export interface Navigation {
  /** Name of a route. */
  route: string
  label: Words
  icon: Component
  /** `g d`, pressed one after the other. */
  keys?: string
  order: number
  /** In the phone's bar at the bottom; the rest is behind "More". */
  phone?: boolean
  permission?: Permission
  /** A reactive count that wants attention. */
  badge?: () => { count: number; urgent: boolean; label: Words } | undefined
}

export interface Action {
  id: string
  label: Words
  icon?: Component
  keys?: string
  permission?: Permission
  /** Name of a route. */
  route: string
}

export interface Domain {
  name: string
  messages: Record<Language, () => Promise<{ default: Messages }>>
  /** Shown inside the shell, to people who are signed in. */
  routes?: RouteRecordRaw[]
  /** Shown to anybody, without the shell. */
  publicRoutes?: RouteRecordRaw[]
  navigation?: Navigation[]
  actions?: Action[]
  /** Single keys of its screens, for the list of shortcuts. */
  keys?: { keys: string; label: Words }[]
  /** Finds this domain's things for the command palette. */
  search?: (query: string, signal: AbortSignal) => Promise<(Omit<PaletteItem, 'run' | 'group'> & { group: Words; to: string })[]>
}

export function defineDomain(domain: Domain): Domain {
  return domain
}

const found = import.meta.glob<{ default: Domain }>('../domains/*/index.ts', { eager: true })

export const domains: Domain[] = Object.values(found).map((module) => module.default)
export const navigation = domains.flatMap((domain) => domain.navigation ?? []).sort((a, b) => a.order - b.order)
export const actions = domains.flatMap((domain) => domain.actions ?? [])
