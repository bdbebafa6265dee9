/** Lists of tags, of what refers to an image, and of repositories. Sources: the OCI distribution specification 1.1, "Content Discovery". */
import { OCI_INDEX } from '../model/image-manifest.ts'
import { inRepository } from '../model/image-records.ts'
import { repositoryRegionKey } from '../store/images/image-tables.ts'
import { answerJson, type Exchange, requireRepository } from './exchange.ts'
import { RegistryFault } from './registry-fault.ts'

const LIST = ['ecr:ListImages']
const REFER = ['ecr:BatchGetImage']
const CATALOG = ['ecr:DescribeRepositories']
/** Of one page, of whatever the client asks for. */
const PAGE = 1000

/** In lexical order; AWS and OCI both go on after `last`. */
export const listTags = (exchange: Exchange, name: string): void => {
  const { repositoryId } = requireRepository(exchange, name, LIST)
  const { store, query } = exchange
  const tags = store.tables.imageTags.iterateAfter(
    'byRepository',
    repositoryId,
    inRepository(repositoryId, query.get('last') ?? ''),
  )
  const page = pageOf(tags, exchange, ({ tag }) => tag)
  answerJson(exchange, 200, { name, tags: page.names }, linkTo(`/v2/${name}/tags/list`, page))
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
  const page = pageOf(after, exchange, ({ name }) => name)
  answerJson(exchange, 200, { repositories: page.names }, linkTo('/v2/_catalog', page))
}

/** An index of the manifests whose subject is that one, which need not be there. */
export const listReferrers = (exchange: Exchange, name: string, digest: string): void => {
  const { repositoryId } = requireRepository(exchange, name, REFER)
  const { store, query, request, response } = exchange
  const wanted = query.get('artifactType')
  const referrers = store.tables.images
    .find('bySubject', inRepository(repositoryId, digest))
    .filter(({ artifactType }) => wanted === null || artifactType === wanted)
  const manifests = referrers.map((image) => ({
    mediaType: image.mediaType,
    digest: image.digest,
    size: image.manifestBytes,
    ...(image.artifactType !== undefined && { artifactType: image.artifactType }),
    ...(Object.keys(image.annotations).length > 0 && { annotations: image.annotations }),
  }))
  answerJson(
    { request, response },
    200,
    { schemaVersion: 2, mediaType: OCI_INDEX, manifests },
    {
      'Content-Type': OCI_INDEX,
      ...(wanted !== null && { 'OCI-Filters-Applied': 'artifactType' }),
    },
  )
}

interface Page {
  readonly names: readonly string[]
  /** Query of the next page; undefined at the end. */
  readonly next: string | undefined
}

const pageOf = <Row>(rows: Iterable<Row>, { query }: Exchange, nameOf: (row: Row) => string): Page => {
  const size = pageSize(query.get('n'))
  const names: string[] = []
  for (const row of rows) {
    if (names.length === size)
      return {
        names,
        next: size === 0 ? undefined : new URLSearchParams({ n: `${size}`, last: names.at(-1) ?? '' }).toString(),
      }
    names.push(nameOf(row))
  }
  return { names, next: undefined }
}

const pageSize = (text: string | null): number => {
  if (text === null) return PAGE
  if (!/^\d{1,15}$/.test(text))
    throw new RegistryFault('PAGINATION_NUMBER_INVALID', 'The number of results is not a number.')
  return Math.min(PAGE, Number(text))
}

const linkTo = (path: string, { next }: Page): Readonly<Record<string, string>> =>
  next === undefined ? {} : { Link: `<${path}?${next}>; rel="next"` }
