import { LogOut, Monitor, Moon, Sun } from '@lucide/vue'
import { themeChoice, type MenuItem, type ThemeChoice } from '@smartsecurity/ui'
import type { Router } from 'vue-router'
import { language, languages, setLanguage } from '@/app/i18n'
import { toastProblem } from '@/app/problem'
import { api, me, signOut, switchTenant } from '@/session'
import { tenantItems } from './tenants'

const icons = { system: Monitor, light: Sun, dark: Moon }

/** Tenants, appearance, language and leaving: the same in the side bar and on a phone. */
export function accountItems(t: (key: string) => string, router: Router): MenuItem[] {
  return [
    ...tenantItems(me.value?.tenants, t('tenants'), (id) => void switchTenant(id).catch(toastProblem)),
    { label: t('theme.title'), heading: true, separator: true },
    ...(['system', 'light', 'dark'] as ThemeChoice[]).map((choice) => ({ label: t(`theme.${choice}`), icon: icons[choice], checked: themeChoice.value === choice, run: () => (themeChoice.value = choice) })),
    { label: t('language'), heading: true, separator: true },
    ...languages.map((entry) => ({
      label: entry.label,
      checked: language.value === entry.value,
      run: () => {
        void setLanguage(entry.value)
        if (me.value) void api.patch('/me', { language: entry.value }).catch(() => undefined)
      },
    })),
    { label: t('signOut'), icon: LogOut, separator: true, run: () => void signOut().then(() => router.push({ name: 'sign-in' })) },
  ]
}
