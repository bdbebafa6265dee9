/** Lists of tags, of what refers to an image, and of repositories. Sources: the OCI distribution specification 1.1, "Content Discovery". */
import { OCI_INDEX } from '../model/image-manifest.ts'
import { type ImageRecord, inRepository } from '../model/image-records.ts'
import { REFERRERS_BYTES, REGISTRY_PAGE } from '../model/registry-limits.ts'
import { repositoryRegionKey } from '../store/images/image-tables.ts'
import { answerJson, type Exchange, requireRepository } from './exchange.ts'
import { RegistryFault } from './registry-fault.ts'

const LIST = ['ecr:ListImages']
const REFER = ['ecr:BatchGetImage']
const CATALOG = ['ecr:DescribeRepositories']

/** In lexical order; AWS and OCI both go on after `last`. */
export const listTags = (exchange: Exchange, name: string): void => {
  const { repositoryId } = requireRepository(exchange, name, LIST)
  const { store, query } = exchange
  const tags = store.tables.imageTags.iterateAfter(
    'byRepository',
    repositoryId,
    inRepository(repositoryId, query.get('last') ?? ''),
  )
  const page = pageOf(
    names(tags, ({ tag }) => tag),
    exchange,
  )
  answerJson(exchange, 200, { name, tags: page.items }, linkTo(`/v2/${name}/tags/list`, page))
}

/** Repositories that the caller may see, in lexical order. */
export const listRepositories = (exchange: Exchange): void => {
  const { store, query, caller } = exchange
  const { region, account } = caller
  const last = query.get('last')
  const mayShow = (arn: string): boolean => {
    try {
      caller.demand(CATALOG, { arn, record: store.tables.repositories.get(arn) })
      return true
    } catch (error) {
      if (error instanceof RegistryFault && error.code === 'DENIED') return false
      throw error
    }
  }
  const all = store.tables.repositories.find('inRegion', repositoryRegionKey(region, account))
  const after = all.filter(({ name, arn }) => (last === null || name > last) && mayShow(arn))
  const page = pageOf(
    names(after, ({ name }) => name),
    exchange,
  )
  answerJson(exchange, 200, { repositories: page.items }, linkTo('/v2/_catalog', page))
}

/** An index of the manifests whose subject is that one, which need not be there. */
export const listReferrers = (exchange: Exchange, name: string, digest: string): void => {
  const { repositoryId } = requireRepository(exchange, name, REFER)
  const { store, query } = exchange
  const wanted = query.get('artifactType')
  const referrers = store.tables.images.iterateAfter(
    'bySubject',
    inRepository(repositoryId, digest),
    inRepository(repositoryId, query.get('last') ?? ''),
  )
  const page = pageOf(descriptors(referrers, wanted), exchange, REFERRERS_BYTES)
  answerJson(
    exchange,
    200,
    { schemaVersion: 2, mediaType: OCI_INDEX, manifests: page.items },
    {
      'Content-Type': OCI_INDEX,
      ...(wanted !== null && { 'OCI-Filters-Applied': 'artifactType' }),
      ...linkTo(`/v2/${name}/referrers/${digest}`, page, wanted === null ? {} : { artifactType: wanted }),
    },
  )
}

/** Something to list, and what the page after it begins behind. */
interface Entry<Item> {
  readonly item: Item
  readonly name: string
}

function* names<Row>(rows: Iterable<Row>, nameOf: (row: Row) => string): Generator<Entry<string>, void, void> {
  for (const row of rows) yield { item: nameOf(row), name: nameOf(row) }
}

function* descriptors(
  images: Iterable<ImageRecord>,
  artifactType: string | null,
): Generator<Entry<object>, void, void> {
  for (const image of images)
    if (artifactType === null || image.artifactType === artifactType)
      yield { item: descriptorOf(image), name: image.digest }
}

const descriptorOf = ({ mediaType, digest, manifestBytes: size, artifactType, annotations }: ImageRecord): object => ({
  mediaType,
  digest,
  size,
  ...(artifactType !== undefined && { artifactType }),
  ...(Object.keys(annotations).length > 0 && { annotations }),
})

interface Page<Item> {
  readonly items: readonly Item[]
  /** Where the next page begins; undefined at the end. */
  readonly next: { readonly n: string; readonly last: string } | undefined
}

/** As many as the client asks for, or as fit; but one in any case, so that every page leads on. */
const pageOf = <Item>(
  entries: Iterable<Entry<Item>>,
  { query }: Exchange,
  limitBytes = Number.POSITIVE_INFINITY,
): Page<Item> => {
  const size = pageSize(query.get('n'))
  if (size === 0) return { items: [], next: undefined }
  const items: Item[] = []
  let [last, bytes] = ['', 0]
  for (const { item, name } of entries) {
    if (limitBytes < Number.POSITIVE_INFINITY) bytes += Buffer.byteLength(JSON.stringify(item))
    if (items.length === size || (bytes > limitBytes && items.length > 0))
      return { items, next: { n: `${size}`, last } }
    items.push(item)
    last = name
  }
  return { items, next: undefined }
}

const pageSize = (text: string | null): number => {
  if (text === null) return REGISTRY_PAGE
  if (!/^\d{1,15}$/.test(text))
    throw new RegistryFault('PAGINATION_NUMBER_INVALID', 'The number of results is not a number.')
  return Math.min(REGISTRY_PAGE, Number(text))
}

const linkTo = (
  path: string,
  { next }: Page<unknown>,
  more: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> =>
  next === undefined ? {} : { Link: `<${path}?${new URLSearchParams({ ...more, ...next }).toString()}>; rel="next"` }
