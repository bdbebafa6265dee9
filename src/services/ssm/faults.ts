/** Parameter Store's faults, by the names its model gives them. Texts that more than one operation needs are fixed here. */
import { Fault } from '../../wire/fault.ts'

export const fault = (code: string, message: string): Fault => new Fault({ code, message })

export const parameterNotFound = (name: string): Fault => fault('ParameterNotFound', `Parameter ${name} not found.`)

/** `version`: its number, or the label that should be on it. */
export const versionNotFound = (name: string, version: number | string): Fault =>
  fault(
    'ParameterVersionNotFound',
    `Systems Manager could not find version ${version} of ${name}. Verify the version and try again.`,
  )

export const invalidResourceId = (): Fault =>
  fault('InvalidResourceId', 'The resource ID is not valid. Verify that you entered the correct ID and try again.')
