/** Images that task definitions name, looked up in this registry. */
import { repositoryArn } from '../../model/arn.ts'
import { inRepository, type RepositoryRecord } from '../../model/image-records.ts'
import { type RegistryHome, type RegistryImage, registryImage } from '../../model/registry-home.ts'
import { prefixesOf, prefixKey, type RegistryId } from '../../model/registry-rules.ts'
import type { ReadTables } from '../tables.ts'

type Tables = Pick<ReadTables, 'repositories' | 'imageTags' | 'pullThroughRules'>

/** The image's place in this registry; undefined if it is in another one. */
export const ownImage = (tables: Tables, image: string, home: RegistryHome): RegistryImage | undefined => {
  const found = registryImage(image, home)
  if (found?.isNamedAtAws !== true) return found
  return repositoryOf(tables, found) !== undefined || isPulledThrough(tables, found) ? found : undefined
}

/** What the image's tag stands for now; undefined if it names none that is here, or if another registry has to be asked. */
export const digestOfTag = (tables: Tables, image: string, home: RegistryHome): string | undefined => {
  const found = registryImage(image, home)
  const repository = found && repositoryOf(tables, found)
  if (repository === undefined || found?.tag === undefined || isPulledThrough(tables, found)) return undefined
  return tables.imageTags.get(inRepository(repository.repositoryId, found.tag))?.digest
}

const repositoryOf = (
  tables: Tables,
  { region, registryId, repositoryName }: RegistryImage,
): RepositoryRecord | undefined => tables.repositories.get(repositoryArn(region, registryId, repositoryName))

const isPulledThrough = (tables: Tables, { registryId: account, region, repositoryName }: RegistryImage): boolean =>
  hasUpstream(tables, { account, region }, repositoryName)

/** Whether the repository of that name stands for one of another registry. */
export const hasUpstream = (
  { pullThroughRules }: Pick<ReadTables, 'pullThroughRules'>,
  registry: RegistryId,
  repositoryName: string,
): boolean => prefixesOf(repositoryName).some((prefix) => pullThroughRules.has(prefixKey(registry, prefix)))
