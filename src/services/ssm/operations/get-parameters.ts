/** GetParameters: up to ten parameters, in the order of their names; those that are not there are named as invalid. */
import type { GetParametersRequest, GetParametersResult, Parameter } from '@aws-sdk/client-ssm'
import { toRead } from '../access.ts'
import { distinctNames } from '../names.ts'
import type { SsmContext, SsmOperation } from '../context.ts'
import { describeParameter } from '../describe.ts'
import { findReferenced } from '../lookups.ts'

export const getParameters: SsmOperation<GetParametersRequest, GetParametersResult> = {
  access: ({ Names: names = [], WithDecryption: withDecryption }, context) =>
    names.flatMap((name) => toRead(context, name, withDecryption)),
  handle: ({ Names: names = [], WithDecryption: withDecryption }, context) => {
    const distinct = distinctNames(names)
    const found = distinct.map((name) => ({ name, parameter: describe(context, name, withDecryption) }))
    return {
      Parameters: found.flatMap(({ parameter }) => parameter ?? []).toSorted(byName),
      InvalidParameters: found.filter(({ parameter }) => parameter === undefined).map(({ name }) => name),
    }
  },
}

const describe = (context: SsmContext, name: string, withDecryption: boolean | undefined): Parameter | undefined => {
  const found = findReferenced(context, name)
  return found && describeParameter(context, found, withDecryption)
}

const byName = ({ Name: left = '' }: Parameter, { Name: right = '' }: Parameter): number => (left < right ? -1 : 1)
