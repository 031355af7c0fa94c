import { useEffect } from "react";
import { useAnswer } from "../api.ts";
import { Page } from "../components/page.tsx";
import { Answered } from "../components/states.tsx";
import { server } from "../prefix.ts";
import {
  type ApiDocument,
  fieldsOf,
  type Operation,
  operationsOf,
  type Schema,
  typeOf,
} from "../reference/document.ts";
import "../reference/reference.css";

/** The server's API, route by route, from the server's own OpenAPI document. */
export default function ApiPage() {
  const query = useAnswer<ApiDocument>("/openapi.json");
  return (
    <Page title="API">
      <p>
        Everything on this site comes from these routes, and anyone may ask them, from any page. A machine reads{" "}
        <a href={`${server()}/openapi.json`}>openapi.json</a>, from which clients can be generated; the names of the
        routes stay the same.
      </p>
      <Answered query={query} what="the API's description">
        {(document) => <Reference document={document} />}
      </Answered>
    </Page>
  );
}

function Reference({ document: { info, ...rest } }: { document: ApiDocument }) {
  // What a link names wasn't there yet when the browser looked for it.
  useEffect(() => {
    if (location.hash !== "") document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, []);
  return (
    <>
      <p>{info.description}</p>
      {[...operationsOf({ info, ...rest })].map(([subject, operations]) => (
        <section key={subject} aria-label={subject}>
          <h2>{`${subject[0]?.toUpperCase()}${subject.slice(1)}`}</h2>
          {operations.map((operation) => (
            <Route key={operation.operationId} {...operation} />
          ))}
        </section>
      ))}
      <section aria-label="Types">
        <h2>Types</h2>
        {Object.entries(rest.components.schemas).map(([name, schema]) => (
          <Type key={name} name={name} schema={schema} />
        ))}
      </section>
    </>
  );
}

const Route = ({ operationId, method, path, summary, description, parameters, answers, opens }: Operation) => (
  <article id={operationId} className="card operation">
    <h3>
      <a href={`#${operationId}`}>{operationId}</a>
    </h3>
    <p>
      <code>
        {method} {path}
      </code>{" "}
      {opens !== undefined && <a href={server() + opens}>open</a>}
    </p>
    <p>
      {summary}. {description}
    </p>
    {parameters.length > 0 && (
      <Fields
        what={`Parameters of ${operationId}`}
        fields={parameters.map(({ name, in: place, required, schema, description }) => ({
          ...{ name: required ? name : `${name}?`, type: `${typeOf(schema)} (${place})` },
          ...(description !== undefined && { description }),
        }))}
      />
    )}
    <ul>
      {answers.map(({ status, media, type }) => (
        <li key={status + media}>
          {status}: {media === "application/json" ? <TypeName type={type} /> : media}
        </li>
      ))}
    </ul>
  </article>
);

const Type = ({ name, schema }: { name: string; schema: Schema }) => (
  <article id={name} className="card operation">
    <h3>{name}</h3>
    {schema.description !== undefined && <p>{schema.description}</p>}
    {schema.properties ? <Fields what={`Fields of ${name}`} fields={fieldsOf(schema)} /> : <p>{typeOf(schema)}</p>}
  </article>
);

/** A type, which leads to its own place where it has one. */
const TypeName = ({ type }: { type: string }) =>
  /^[A-Z]\w+$/.test(type) ? <a href={`#${type}`}>{type}</a> : <code>{type}</code>;

const Fields = ({ what, fields }: { what: string; fields: { name: string; type: string; description?: string }[] }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
  <section className="scroll" tabIndex={0} aria-label={what}>
    <table aria-label={what}>
      <thead>
        <tr>
          <th>Name</th>
          <th>Type</th>
          <th>Meaning</th>
        </tr>
      </thead>
      <tbody>
        {fields.map(({ name, type, description }) => (
          <tr key={name}>
            <td>
              <code>{name}</code>
            </td>
            <td>
              <TypeName type={type} />
            </td>
            <td>{description}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);
