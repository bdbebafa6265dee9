/** CloudWatch Logs' faults, by the names its model gives them. Texts that more than one operation needs are fixed here. */
import { LogKeyUnusable, LogStoreError } from '../../store/logs/log-store.ts'
import { Fault } from '../../wire/fault.ts'
import type { TagFaults } from '../checked-tags.ts'

const fault =
  (code: string) =>
  (message: string): Fault =>
    new Fault({ code, message })

export const invalidParameter = fault('InvalidParameterException')
export const invalidOperation = fault('InvalidOperationException')
export const limitExceeded = fault('LimitExceededException')
export const alreadyExists = fault('ResourceAlreadyExistsException')
export const notFound = fault('ResourceNotFoundException')
export const validation = fault('ValidationException')

export const groupNotFound = (): Fault => notFound('The specified log group does not exist.')
export const streamNotFound = (): Fault => notFound('The specified log stream does not exist.')
export const queryNotFound = (): Fault => notFound('The specified query does not exist.')
export const definitionNotFound = (): Fault => notFound('The specified query definition does not exist.')
export const invalidToken = (): Fault => invalidParameter('The specified nextToken is invalid.')

/** Where a query makes no sense, in characters. */
export const malformedQuery = (message: string, location: Readonly<Record<string, number>>): Fault =>
  new Fault({ code: 'MalformedQueryException', message, members: { queryCompileError: { location, message } } })

export const tagFaults: TagFaults = { invalid: invalidParameter, tooMany: fault('TooManyTagsException') }

/** What the log store cannot do is the server's fault, and nothing was done; that a key cannot be used is its owner's doing. */
export const orUnavailable = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (error instanceof LogKeyUnusable) throw invalidParameter(error.message)
    if (!(error instanceof LogStoreError)) throw error
    throw new Fault({ code: 'ServiceUnavailableException', message: error.message, side: 'server', status: 503 })
  }
}
