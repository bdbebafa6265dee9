/** `{"username": …, "password": …}`, as a secret for a private registry holds it. */
import type { RegistryCredentials } from '../runtime.ts'
import { jsonMember } from './json-member.ts'

/** Undefined if the secret is not of that form. */
export const registryLogin = (text: string): RegistryCredentials | undefined => {
  const [username, password] = [textOf(text, 'username'), textOf(text, 'password')]
  return username === '' || password === '' ? undefined : { username, password }
}

const textOf = (text: string, name: string): string => {
  const found = jsonMember(text, name)
  return 'value' in found ? found.value : ''
}
