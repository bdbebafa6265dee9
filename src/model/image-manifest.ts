/**
 * Manifests of images, read for what a registry must know of them: what they refer to, and how large that is. Their bytes are kept as they came.
 * Sources: "Image Manifest Version 2, Schema 2" of Docker, and the OCI image specification 1.1 (manifest, index).
 */
import { isDigest } from './image-names.ts'
import { ANNOTATIONS_BYTES } from './registry-limits.ts'

export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'
export const DOCKER_MANIFEST_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json'
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json'

/** Signed or not. */
const DOCKER_SCHEMA_1 = 'application/vnd.docker.distribution.manifest.v1+'

const MANIFEST_TYPES: readonly string[] = [DOCKER_MANIFEST, DOCKER_MANIFEST_LIST, OCI_MANIFEST, OCI_INDEX]

/** Of a manifest. Source: the OCI distribution specification asks for at least that. */
export const MANIFEST_BYTES = 4 * 1024 * 1024
/** What one manifest may refer to. */
export const MANIFEST_DESCRIPTORS = 4096
/** How deep its JSON may be nested: no field that is known goes below five. */
const MANIFEST_DEPTH = 32

export const isIndexType = (mediaType: string): boolean => mediaType === OCI_INDEX || mediaType === DOCKER_MANIFEST_LIST

export interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  /** In bytes. */
  readonly size: number
  readonly artifactType?: string
  readonly annotations?: Readonly<Record<string, string>>
  /** Whoever lacks the content gets it elsewhere, e.g. base layers that may not be distributed. */
  readonly urls?: readonly string[]
}

export interface ImageManifest {
  readonly mediaType: string
  /** Content that has to be there: configuration and layers. */
  readonly config?: Descriptor
  readonly layers: readonly Descriptor[]
  /** Manifests of an index or a manifest list. */
  readonly manifests: readonly Descriptor[]
  /** What this is about, e.g. the image that it is a signature of. */
  readonly subject?: Descriptor
  /** What kind of artifact it is; the configuration's media type stands for it where it is not said. */
  readonly artifactType?: string
  readonly annotations: Readonly<Record<string, string>>
}

/** Not a manifest; the message says what is wrong with it. */
export class InvalidManifest extends Error {
  override readonly name = 'InvalidManifest'
}

/** Reads a manifest whose sender says that it has that media type, if it says so. Throws `InvalidManifest`. */
export const parseManifest = (bytes: Buffer, declaredType?: string): ImageManifest => {
  if (bytes.length > MANIFEST_BYTES) throw new InvalidManifest(`The manifest has more than ${MANIFEST_BYTES} bytes.`)
  const document = new Reading('manifest', parsedJson(bytes))
  const mediaType = mediaTypeOf(document, declaredType)
  if (document.number('schemaVersion') !== 2) throw new InvalidManifest('The schemaVersion is not 2.')
  const isIndex = isIndexType(mediaType)
  const config = isIndex ? undefined : document.descriptor('config')
  const layers = isIndex ? [] : document.descriptors('layers')
  const manifests = isIndex ? document.descriptors('manifests') : []
  checkNotBoth(document, isIndex)
  if (layers.length + manifests.length > MANIFEST_DESCRIPTORS)
    throw new InvalidManifest(`The manifest refers to more than ${MANIFEST_DESCRIPTORS} others.`)
  const subject = document.optionalDescriptor('subject')
  const artifactType = document.optionalText('artifactType') || config?.mediaType
  const annotations = document.texts('annotations')
  if (subject !== undefined && JSON.stringify(annotations).length > ANNOTATIONS_BYTES)
    throw new InvalidManifest(`The annotations are longer than ${ANNOTATIONS_BYTES} bytes.`)
  return {
    mediaType,
    ...(config && { config }),
    layers,
    manifests,
    ...(subject && { subject }),
    ...(artifactType !== undefined && { artifactType }),
    annotations,
  }
}

/** A document that could be read as either is a way to show different clients different images (CVE-2021-41190). */
const checkNotBoth = (document: Reading, isIndex: boolean): void => {
  const others = isIndex ? ['config', 'layers'] : ['manifests']
  for (const member of others)
    if (document.has(member)) throw new InvalidManifest(`A manifest of this type has no ${member}.`)
}

const mediaTypeOf = (document: Reading, declaredType: string | undefined): string => {
  const said = document.optionalText('mediaType')
  if (said !== undefined && declaredType !== undefined && said !== declaredType)
    throw new InvalidManifest(`The manifest is ${said}, and was sent as ${declaredType}.`)
  const mediaType = said ?? declaredType ?? guessedType(document)
  if (mediaType.startsWith(DOCKER_SCHEMA_1) || (said === undefined && document.has('fsLayers')))
    throw new InvalidManifest(
      'Manifests of Docker image schema 1 are not kept: push with Docker 1.10 or later, or convert the image.',
    )
  if (!MANIFEST_TYPES.includes(mediaType)) throw new InvalidManifest(`Manifests of type ${mediaType} are not known.`)
  return mediaType
}

/** AWS: PutImage need not say it. */
const guessedType = (document: Reading): string => (document.has('manifests') ? OCI_INDEX : OCI_MANIFEST)

const parsedJson = (bytes: Buffer): unknown => {
  checkDepth(bytes)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw new InvalidManifest('The manifest is not JSON.', { cause: error })
  }
}

const [QUOTE, BACKSLASH, OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [...Buffer.from('"\\{}[]')]

/** Before anything is built from it. */
const checkDepth = (bytes: Buffer): void => {
  let [depth, isInText] = [0, false]
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index]
    if (isInText) {
      if (byte === BACKSLASH) index += 1
      else if (byte === QUOTE) isInText = false
    } else if (byte === QUOTE) isInText = true
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth += 1
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) depth -= 1
    if (depth > MANIFEST_DEPTH) throw new InvalidManifest(`The manifest is nested deeper than ${MANIFEST_DEPTH}.`)
  }
}

/** A JSON object whose members are looked at one by one; `where` is its name in messages. */
class Reading {
  readonly #where: string
  readonly #members: Readonly<Record<string, unknown>>

  constructor(where: string, value: unknown) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new InvalidManifest(`The ${where} is not an object.`)
    this.#where = where
    this.#members = value as Readonly<Record<string, unknown>>
  }

  has(member: string): boolean {
    return Object.hasOwn(this.#members, member)
  }

  number(member: string): number {
    const value = this.#get(member)
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
      throw this.#wrong(member, 'a whole number')
    return value
  }

  text(member: string): string {
    const value = this.#get(member)
    if (typeof value !== 'string') throw this.#wrong(member, 'a text')
    return value
  }

  optionalText(member: string): string | undefined {
    return this.#get(member) === undefined ? undefined : this.text(member)
  }

  descriptor(member: string): Descriptor {
    return descriptorOf(new Reading(`${this.#where}'s ${member}`, this.#get(member)))
  }

  /** `null` is as good as nothing. */
  optionalDescriptor(member: string): Descriptor | undefined {
    return (this.#get(member) ?? undefined) === undefined ? undefined : this.descriptor(member)
  }

  descriptors(member: string): readonly Descriptor[] {
    const value = this.#get(member)
    if (!Array.isArray(value)) throw this.#wrong(member, 'a list')
    return value.map((each: unknown, index) => descriptorOf(new Reading(`${this.#where}'s ${member}[${index}]`, each)))
  }

  /** Empty if it is absent. */
  texts(member: string): Readonly<Record<string, string>> {
    const value = this.#get(member) ?? {}
    if (typeof value !== 'object' || Object.values(value).some((each) => typeof each !== 'string'))
      throw this.#wrong(member, 'an object of texts')
    return value as Readonly<Record<string, string>>
  }

  list(member: string): readonly string[] | undefined {
    const value = this.#get(member)
    if (value === undefined) return undefined
    if (!Array.isArray(value) || value.some((each) => typeof each !== 'string'))
      throw this.#wrong(member, 'a list of texts')
    return value as readonly string[]
  }

  #get(member: string): unknown {
    return this.has(member) ? this.#members[member] : undefined
  }

  #wrong(member: string, wanted: string): InvalidManifest {
    return new InvalidManifest(`The ${this.#where}'s ${member} is not ${wanted}.`)
  }
}

const descriptorOf = (reading: Reading): Descriptor => {
  const digest = reading.text('digest')
  if (!isDigest(digest)) throw new InvalidManifest(`${digest.slice(0, 200)} is not a digest.`)
  const artifactType = reading.optionalText('artifactType')
  const urls = reading.list('urls')
  return {
    mediaType: reading.text('mediaType'),
    digest,
    size: reading.number('size'),
    ...(artifactType !== undefined && { artifactType }),
    ...(reading.has('annotations') && { annotations: reading.texts('annotations') }),
    ...(urls && urls.length > 0 && { urls }),
  }
}
