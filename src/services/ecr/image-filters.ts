/** Filters of lists of images: by whether they have tags, and by where they are. */
import type { ImageStatusFilter, TagStatus } from '@aws-sdk/client-ecr'
import type { ImageRecord } from '../../model/image-records.ts'
import { checkConstraints } from '../constraints.ts'
import { statusOf } from './describe.ts'
import { invalidParameter } from './faults.ts'

export interface ImageFilter {
  readonly tagStatus?: TagStatus | undefined
  readonly imageStatus?: ImageStatusFilter | undefined
}

const TAG_STATUS = { oneOf: ['TAGGED', 'UNTAGGED', 'ANY'] } as const
const IMAGE_STATUS = { oneOf: ['ACTIVE', 'ARCHIVED', 'ACTIVATING', 'ANY'] } as const

/** What is asked for without saying so: images with and without tags, and none of the archive. Throws `InvalidParameterException`. */
export const checkedFilter = (filter: ImageFilter = {}): { readonly [Name in keyof ImageFilter]-?: string } => {
  const { tagStatus = 'ANY', imageStatus = 'ACTIVE' } = filter
  checkConstraints({ tagStatus, imageStatus }, { tagStatus: TAG_STATUS, imageStatus: IMAGE_STATUS }, invalidParameter)
  return { tagStatus, imageStatus }
}

export const isOfTagStatus = (hasTags: boolean, tagStatus: string): boolean =>
  tagStatus === 'ANY' || hasTags === (tagStatus === 'TAGGED')

export const isOfImageStatus = (image: ImageRecord, imageStatus: string): boolean =>
  imageStatus === 'ANY' || statusOf(image) === imageStatus
