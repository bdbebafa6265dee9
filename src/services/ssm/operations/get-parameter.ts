/** GetParameter: one parameter, by its name or ARN, in its latest version or the one that the name asks for. */
import type { GetParameterRequest, GetParameterResult } from '@aws-sdk/client-ssm'
import { toRead } from '../access.ts'
import type { SsmOperation } from '../context.ts'
import { describeParameter } from '../describe.ts'
import { requireReferenced } from '../lookups.ts'

export const getParameter: SsmOperation<GetParameterRequest, GetParameterResult> = {
  access: ({ Name: name, WithDecryption: withDecryption }, context) => toRead(context, name, withDecryption),
  handle: ({ Name: name, WithDecryption: withDecryption }, context) => ({
    Parameter: describeParameter(context, requireReferenced(context, name), withDecryption),
  }),
}
