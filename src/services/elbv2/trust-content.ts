/**
 * Files that trust stores are made of. AWS reads them from S3; here they are in a folder of the operator's, by bucket and key. They are
 * read before the caller's permissions are asked, so that what is wrong with them is said later.
 */
import {
  type CaBundle,
  type Content,
  parseCaBundle,
  parseRevocationList,
  type RevocationList,
} from '../../model/load-balancing/trust-contents.ts'
import { TRUST_STORE_BUNDLE_BYTES, TRUST_STORE_REVOCATION_BYTES } from '../../model/load-balancing/listener-limits.ts'
import { ObjectTooLarge, readObject } from '../../store/load-balancing/bucket-folder.ts'
import type { CallContext } from '../../wire/service.ts'
import type { Fault } from '../../wire/fault.ts'
import type { Elbv2Deps } from './context.ts'
import { invalidConfigurationRequest } from './faults.ts'
import {
  caCertificatesBundleNotFound,
  invalidCaCertificatesBundle,
  invalidRevocationContent,
  revocationContentNotFound,
} from './listener-faults.ts'

/** Where a request says that a file is. */
export interface ContentPlace {
  readonly bucket: string
  readonly key: string
  readonly version: string | undefined
}

/** What is in a file, or the fault for what is wrong. */
export type Read<T> = { readonly content: T } | { readonly fault: Fault }

type Call = CallContext & Pick<Elbv2Deps, 'loadBalancing'>

interface Reading<T> {
  readonly longestBytes: number
  readonly parse: (text: string) => Content<T>
  readonly notFound: (message: string) => Fault
  readonly invalid: (message: string) => Fault
}

export const readCaBundle = (place: ContentPlace, call: Call): Promise<Read<CaBundle>> =>
  read(place, call, {
    longestBytes: TRUST_STORE_BUNDLE_BYTES,
    parse: parseCaBundle,
    notFound: caCertificatesBundleNotFound,
    invalid: invalidCaCertificatesBundle,
  })

export const readRevocationList = (place: ContentPlace, call: Call): Promise<Read<RevocationList>> =>
  read(place, call, {
    longestBytes: TRUST_STORE_REVOCATION_BYTES,
    parse: parseRevocationList,
    notFound: revocationContentNotFound,
    invalid: invalidRevocationContent,
  })

const read = async <T extends object>(
  { bucket, key, version }: ContentPlace,
  { loadBalancing: { trustStoresDirectory: directory } }: Call,
  { longestBytes, parse, notFound, invalid }: Reading<T>,
): Promise<Read<T>> => {
  if (version !== undefined)
    return { fault: invalidConfigurationRequest('Object versions are not supported: files have none') }
  if (directory === undefined)
    return {
      fault: notFound('There is no Amazon S3 here: files of trust stores are in the folder that --trust-stores names'),
    }
  const name = `s3://${bucket}/${key}`
  try {
    const bytes = await readObject(directory, { bucket, key }, longestBytes)
    if (bytes === undefined) return { fault: notFound(`'${name}' does not exist`) }
    const content = parse(bytes.toString('latin1'))
    return 'problem' in content ? { fault: invalid(`'${name}' is not valid: ${content.problem}`) } : { content }
  } catch (error) {
    if (error instanceof ObjectTooLarge) return { fault: invalid(`'${name}' is too large. ${error.message}`) }
    throw error
  }
}

/** Throws the fault, now that the caller may hear of it. */
export const contentOf = <T>(read: Read<T>): T => {
  if ('fault' in read) throw read.fault
  return read.content
}
