/** Which repositories' images are scanned when they are pushed. https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-filters.html */
import { matchesWildcard } from '../image-records.ts'

/** AWS: a filter without a wildcard is for all names that it is a part of. */
export const matchesScanFilter = (filter: string, repositoryName: string): boolean =>
  filter.includes('*') ? matchesWildcard(filter, repositoryName) : repositoryName.includes(filter)
