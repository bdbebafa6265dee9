/** Secret access keys: how they are made, and what they are sealed for. */
import type { Ids } from '../kit/ids.ts'

/** 40 characters, as AWS's are. */
export const newSecretAccessKey = (ids: Ids): string =>
  Buffer.from(ids.hex32() + ids.hex32().slice(0, 28), 'hex').toString('base64url')

export const accessKeyPurpose = (accessKeyId: string): string => `accessKey/${accessKeyId}`
