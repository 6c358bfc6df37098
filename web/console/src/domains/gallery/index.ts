// Every component of the design system in every state. Not in the navigation: it is for those who build screens.
import { defineDomain } from '@/app/domain'

export default defineDomain({
  name: 'gallery',
  messages: { en: () => import('./messages/en'), fr: () => import('./messages/fr') },
  routes: [{ path: 'ui-gallery', name: 'gallery', component: () => import('./pages/GalleryPage.vue'), meta: { title: 'gallery.title' } }],
})
