/** Where other registries are that images may be replicated to, in a file of the operator's: a list of regions, account ids, URLs and access keys. */
import { readFileSync, statSync } from 'node:fs'
import { UserError } from '../kit/command.ts'
import type { ReplicationEndpoint } from '../model/registry-rules.ts'
import { upstreamUrl } from '../store/upstream/upstream.ts'

const MEMBERS = ['region', 'registryId', 'endpoint', 'accessKeyId', 'secretAccessKey']
/** Permissions of others than the owner. */
const OTHERS = 0o077

/** Refuses a file that is not what it should be, or that others can read. */
export const replicationEndpoints = (file: string | undefined): readonly ReplicationEndpoint[] => {
  if (file === undefined) return []
  const refuse = (reason: string): never => {
    throw new UserError(`--registry-destinations names ${file}, but ${reason}.`)
  }
  const list = parsed(file, refuse)
  if (!Array.isArray(list)) return refuse('it is no list')
  return list.map((each: unknown) => endpointOf(each, refuse))
}

const parsed = (file: string, refuse: (reason: string) => never): unknown => {
  try {
    const text = readFileSync(file, 'utf8')
    if (text.includes('secretAccessKey') && (statSync(file).mode & OTHERS) !== 0)
      return refuse(`others may read it: chmod 600 ${file}`)
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof UserError) throw error
    return refuse(`it cannot be read: ${error instanceof Error ? error.message : 'unknown'}`)
  }
}

const endpointOf = (value: unknown, refuse: (reason: string) => never): ReplicationEndpoint => {
  const entry = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>
  const unknown = Object.keys(entry).find((name) => !MEMBERS.includes(name))
  if (unknown !== undefined) return refuse(`it has "${unknown}", which means nothing`)
  const text = (name: string): string | undefined => (typeof entry[name] === 'string' ? entry[name] : undefined)
  const {
    region = '',
    account = '',
    url = '',
  } = { region: text('region'), account: text('registryId'), url: text('endpoint') }
  const [accessKeyId, secretAccessKey] = [text('accessKeyId'), text('secretAccessKey')]
  if (region === '' || !/^\d{12}$/.test(account)) return refuse('a region or a registryId of 12 digits is missing')
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    return refuse('accessKeyId and secretAccessKey belong together')
  try {
    upstreamUrl(url)
  } catch (error) {
    return refuse(`an endpoint is none: ${error instanceof Error ? error.message : url}`)
  }
  const credentials = accessKeyId !== undefined && secretAccessKey !== undefined && { accessKeyId, secretAccessKey }
  return { region, account, url, ...(credentials && { credentials }) }
}
