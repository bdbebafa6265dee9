/**
 * Before tasks of a revision start: the tags of their images that are in this registry are resolved, once for all tasks of the revision. Of other
 * registries, the report of the first task tells.
 */
import type { TaskDefinitionRecord } from '../../model/records.ts'
import { withImageDigests } from '../../model/version-consistency.ts'
import { digestOfTag } from '../../store/images/own-image.ts'
import type { Holder, PassContext } from './pass-context.ts'

export const holdImages = (
  { tx, registry }: Pick<PassContext, 'tx' | 'registry'>,
  { serviceRevisionArn }: Pick<Holder, 'serviceRevisionArn'>,
  { containerDefinitions }: TaskDefinitionRecord,
): void => {
  const revision = tx.serviceRevisions.get(serviceRevisionArn)
  if (registry === undefined || revision === undefined) return
  const digestOf = ({ image = '' }): string | undefined => digestOfTag(tx, image, registry)
  const imageDigests = withImageDigests(revision.imageDigests, containerDefinitions, digestOf)
  if (imageDigests === undefined || imageDigests === revision.imageDigests) return
  tx.serviceRevisions.update(serviceRevisionArn, { imageDigests })
}
