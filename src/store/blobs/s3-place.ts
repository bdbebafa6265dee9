/** Where in an S3 blobs lie, as operators say it: `s3://bucket/prefix?endpoint=https://s3.example.com&region=eu-west-1&path-style=true`. */

export interface S3Place {
  readonly bucket: string
  /** Of keys; empty, or ends with a slash. */
  readonly prefix: string
  /** AWS's of the region unless given. */
  readonly endpoint: string | undefined
  readonly region: string | undefined
  /** Whether the bucket is named in the path, not in the host. */
  readonly isPathStyle: boolean
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/
const PREFIX_CHARACTERS = /^[A-Za-z0-9/_.-]*$/
const SETTINGS = ['endpoint', 'region', 'path-style']

/** Undefined if it is none. */
export const s3Place = (text: string): S3Place | undefined => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 's3:' || !BUCKET.test(url.hostname) || url.username !== '' || url.port !== '') return undefined
  const [prefix, settings] = [url.pathname.replace(/^\/|\/$/g, ''), url.searchParams]
  const [endpoint, pathStyle = 'false'] = [
    settings.get('endpoint') ?? undefined,
    settings.get('path-style') ?? undefined,
  ]
  const isKnown = [...settings.keys()].every((name) => SETTINGS.includes(name))
  if (!isKnown || !PREFIX_CHARACTERS.test(prefix) || !['true', 'false'].includes(pathStyle)) return undefined
  if (endpoint !== undefined && !/^https?:\/\/[^/?#]+\/?$/.test(endpoint)) return undefined
  return {
    bucket: url.hostname,
    prefix: prefix === '' ? '' : `${prefix}/`,
    endpoint,
    region: settings.get('region') ?? undefined,
    isPathStyle: pathStyle === 'true',
  }
}
