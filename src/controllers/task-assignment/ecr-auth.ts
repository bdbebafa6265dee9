/** What agents are told of images that are in this registry. */
import type { EcrAuthData } from '../../agentlink/acs-messages.ts'
import type { RegistryHome } from '../../model/registry-home.ts'
import { ownImage } from '../../store/images/own-image.ts'
import type { ReadTables } from '../../store/tables.ts'

/**
 * Undefined for images of other registries, which agents pull as their own configuration says: credentials of this installation are of no
 * use there.
 */
export const ecrAuthOf = (
  tables: ReadTables,
  image: string,
  home: RegistryHome | undefined,
): Omit<EcrAuthData, 'useExecutionRole'> | undefined => {
  const found = home && ownImage(tables, image, home)
  return found && { registryId: found.registryId, region: found.region, endpointOverride: home.endpoint }
}
