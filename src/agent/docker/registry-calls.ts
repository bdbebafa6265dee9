/** How the engine's calls that concern a registry name images and carry credentials. */
import type { RegistryCredentials } from '../runtime.ts'

/** The reference as part of a path: its slashes stay. */
export const imagePath = (reference: string): string => reference.split('/').map(encodeURIComponent).join('/')

export const registryAuthHeader = (credentials: RegistryCredentials | undefined): Readonly<Record<string, string>> => {
  if (credentials === undefined) return {}
  const { username, password, serverAddress } = credentials
  const text = JSON.stringify({ username, password, ...(serverAddress && { serveraddress: serverAddress }) })
  // URL-safe base64 with its padding, as the engine decodes it.
  const encoded = Buffer.from(text).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
  return { 'X-Registry-Auth': encoded }
}
