import { Building2 } from '@lucide/vue'
import type { Me } from '@smartsecurity/client'
import type { MenuItem } from '@smartsecurity/ui'

/** Where else a person may go. Who belongs to one tenant has nothing to choose, and sees nothing of it. */
export function tenantItems(tenants: Me['tenants'] | undefined, label: string, go: (id: string) => void): MenuItem[] {
  if (!tenants || tenants.length < 2) return []
  return [
    { label, heading: true, separator: true },
    ...tenants.map(({ id, name, current }) => ({ label: name, icon: Building2, checked: current, run: () => void (current || go(id)) })),
  ]
}
