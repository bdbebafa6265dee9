/** Images go to the archive and come back. They lie where they lay; what is archived cannot be pulled, and can be had back at once. */
import { type ImageRecord, inRepository } from '../../model/image-records.ts'
import type { Transaction } from '../tables.ts'

export const archiveImage = (tx: Transaction, { repositoryId, digest }: ImageRecord, now: number): ImageRecord =>
  tx.images.update(inRepository(repositoryId, digest), { isArchived: true, lastArchivedAt: now })

export const activateImage = (tx: Transaction, { repositoryId, digest }: ImageRecord, now: number): ImageRecord =>
  tx.images.update(inRepository(repositoryId, digest), { isArchived: undefined, lastActivatedAt: now })
