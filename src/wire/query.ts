/** AWS Query: the operation in the form field `Action`, input as form fields, output and faults as XML. */
import { Buffer } from 'node:buffer'
import { checkOutput } from './check-output.ts'
import { decodeFault, MalformedInput } from './decode-error.ts'
import type { Fault } from './fault.ts'
import { FormDecoder, type FormNode, parseForm, queryFieldNames } from './form.ts'
import {
  type Claim,
  type Codec,
  type CodecOptions,
  headerOf,
  type Protocol,
  type RefusalContext,
  type WireRequest,
  type WireResponse,
} from './protocol.ts'
import type { ProtocolName, ServiceAddress, ServiceDefinition } from './service.ts'
import { element, escapeXml, XmlEncoder } from './xml.ts'

const FORM = 'application/x-www-form-urlencoded'

export class QueryProtocol implements Protocol {
  readonly names: readonly ProtocolName[] = ['query']
  readonly faultStyle = 'query'
  /** Of all services' faults. */
  readonly #faultEncoder = new XmlEncoder()

  recognise(request: WireRequest): Claim | undefined {
    const form = formText(request)
    if (form === undefined) return undefined
    // A form that cannot be read claims nothing by name; the codec then says what is wrong with it.
    const content = readForm(form)
    const field = (name: string): string =>
      content instanceof MalformedInput ? '' : (content.children.get(name)?.value ?? '')
    return { protocol: 'query', address: field('Version'), operation: field('Action'), content }
  }

  isFor(service: ServiceAddress, claim: Claim): boolean {
    return service.query?.version === claim.address
  }

  codec(service: ServiceDefinition, { isChecking }: CodecOptions): Codec {
    const decoder = new FormDecoder(queryFieldNames)
    const encoder = new XmlEncoder()
    const xmlNamespace = service.query?.xmlNamespace ?? ''
    return {
      decode(operation, claim) {
        try {
          if (claim.content instanceof MalformedInput) throw claim.content
          return decoder.structure(operation.input, claim.content as FormNode)
        } catch (error) {
          throw decodeFault('query', service, operation, error)
        }
      },
      encode({ name, output: shape }, output, _claim, requestId) {
        if (isChecking) checkOutput(shape, output, name)
        const result = shape.members.length === 0 ? '' : element(`${name}Result`, encoder.content(shape, output))
        const metadata = element('ResponseMetadata', element('RequestId', requestId))
        return answer(200, `<${name}Response xmlns="${xmlNamespace}">${result}${metadata}</${name}Response>`, requestId)
      },
    }
  }

  refuse(fault: Fault, { requestId, shape, service }: RefusalContext): WireResponse {
    const { message: _message, Message: _other, ...others } = fault.members as Record<string, unknown>
    const members = shape === undefined ? '' : this.#faultEncoder.content(shape.structure, others)
    const error = element(
      'Error',
      element('Type', fault.side === 'client' ? 'Sender' : 'Receiver') +
        element('Code', escapeXml(shape?.queryCode ?? fault.code)) +
        element('Message', escapeXml(fault.message)) +
        members,
    )
    const xmlns = service?.query === undefined ? '' : ` xmlns="${service.query.xmlNamespace}"`
    return answer(
      fault.status,
      `<ErrorResponse${xmlns}>${error}${element('RequestId', requestId)}</ErrorResponse>`,
      requestId,
    )
  }
}

/** The form of a Query request: its body, or the query string of a GET. Undefined if there is no `Action` in it. */
const formText = ({ method, url, headers, body }: WireRequest): string | undefined => {
  const question = url.indexOf('?')
  const query = question === -1 ? '' : url.slice(question + 1)
  const isForm = method === 'POST' && body.length > 0 && (headerOf(headers, 'content-type') ?? FORM).startsWith(FORM)
  const text = isForm ? `${query}&${body.toString()}` : query
  return /(^|&)Action=/.test(text) ? text : undefined
}

const readForm = (text: string): FormNode | MalformedInput => {
  try {
    return parseForm(text)
  } catch (error) {
    if (error instanceof MalformedInput) return error
    throw error
  }
}

const answer = (status: number, text: string, requestId: string): WireResponse => ({
  status,
  headers: { 'x-amzn-RequestId': requestId, 'Content-Type': 'text/xml' },
  body: Buffer.from(text),
})
