/**
 * Credentials for registries from `ECS_ENGINE_AUTH_TYPE` and `ECS_ENGINE_AUTH_DATA`.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth-container-instances.html
 */
import { ConfigError, type AgentConfig } from '../config.ts'
import { isJsonObject } from '../docker/overlay.ts'
import type { RegistryCredentials } from '../runtime.ts'
import { DOCKER_HUB, parseReference } from '../../model/image-reference.ts'

export type FindCredentials = (reference: string) => RegistryCredentials | undefined

/** Throws `ConfigError` where the data does not have the form that the type says. */
export const registryCredentials = (
  config: Pick<AgentConfig, 'engineAuthType' | 'engineAuthData'>,
): FindCredentials => {
  const { engineAuthType: type, engineAuthData: data } = config
  if (type === undefined || data === undefined) return () => undefined
  // A `dockercfg` is the old form of Docker's file; the new one has the same entries under `auths`.
  const entries = type === 'dockercfg' && isJsonObject(data['auths']) ? data['auths'] : data
  const byRegistry = new Map(
    Object.entries(entries).map(([address, entry]) => [registryHost(address), credentialsOf(type, address, entry)]),
  )
  return (reference) => byRegistry.get(parseReference(reference).registry)
}

/** Docker Hub's names, all of which mean the same registry. */
const DOCKER_HUB_HOSTS = new Set(['index.docker.io', 'registry-1.docker.io', DOCKER_HUB])

/** `https://index.docker.io/v1/` -> `docker.io` */
const registryHost = (address: string): string => {
  const host = address.replace(/^https?:\/\//, '').split('/')[0] ?? ''
  return DOCKER_HUB_HOSTS.has(host) ? DOCKER_HUB : host
}

const credentialsOf = (type: 'docker' | 'dockercfg', address: string, entry: unknown): RegistryCredentials => {
  const wrong = new ConfigError(`ECS_ENGINE_AUTH_DATA: the entry for ${address} is not of type ${type}`)
  if (!isJsonObject(entry)) throw wrong
  const { username, password } = type === 'docker' ? entry : decoded(entry['auth'])
  if (typeof username !== 'string' || typeof password !== 'string') throw wrong
  return { username, password, serverAddress: address }
}

/** `auth` is base64 of `user:password`. */
const decoded = (auth: unknown): { username?: string; password?: string } => {
  if (typeof auth !== 'string') return {}
  const text = Buffer.from(auth, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? {} : { username: text.slice(0, colon), password: text.slice(colon + 1) }
}
