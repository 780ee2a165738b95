//! `#[component]`.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{Attribute, Error, FnArg, GenericParam, Ident, ItemFn, Pat, Result, Token, Type, parse_quote};

/// One property of a component.
struct Property {
    docs: Vec<Attribute>,
    name: Ident,
    of: Type,
    into: bool,
    optional: bool,
}

pub(crate) fn expand(function: ItemFn) -> Result<TokenStream> {
    let ItemFn { attrs, vis, mut sig, block, .. } = function;
    let mut generics = std::mem::take(&mut sig.generics);
    let mut properties = Vec::new();
    for argument in std::mem::take(&mut sig.inputs) {
        let mut property = property(argument)?;
        if let Type::ImplTrait(bounds) = &property.of {
            let name = format_ident!("Impl{}", properties.len());
            let bounds = &bounds.bounds;
            generics.params.push(parse_quote!(#name: #bounds));
            property.of = parse_quote!(#name);
        }
        properties.push(property);
    }
    let (name, output) = (&sig.ident, &sig.output);
    let body = quote!({ ::leptos::prelude::untrack(move || #block) });
    if properties.is_empty() {
        return Ok(quote! {
            #(#attrs)*
            #[allow(non_snake_case)]
            #vis fn #name #generics () #output #body
        });
    }

    let props = format_ident!("{name}Props");
    let builder = format_ident!("{name}PropsBuilder");
    let (parameters, arguments, bounds) = generics.split_for_impl();
    let names: Vec<_> = properties.iter().map(|property| &property.name).collect();
    let fields = properties.iter().map(field);
    let empty = names.iter().map(|_| quote!(()));
    let builder_arguments: Punctuated<TokenStream, Token![,]> = generics
        .params
        .iter()
        .map(|parameter| match parameter {
            GenericParam::Type(of) => of.ident.to_token_stream(),
            GenericParam::Lifetime(of) => of.lifetime.to_token_stream(),
            GenericParam::Const(of) => of.ident.to_token_stream(),
        })
        .chain([quote!((#(#empty,)*))])
        .collect();
    Ok(quote! {
        #[doc = "What the component of this name is given."]
        #[derive(::leptos::typed_builder_macro::TypedBuilder)]
        #[builder(crate_module_path = ::leptos::typed_builder)]
        #vis struct #props #parameters #bounds {
            #(#fields)*
        }
        impl #parameters ::leptos::component::Props for #props #arguments #bounds {
            type Builder = #builder<#builder_arguments>;
            fn builder() -> Self::Builder {
                #props::builder()
            }
        }
        #(#attrs)*
        #[allow(non_snake_case)]
        #vis fn #name #parameters (props: #props #arguments) #output #bounds {
            let #props { #(#names),* } = props;
            #body
        }
    })
}

/// Reads one parameter and its `#[prop(…)]`.
fn property(argument: FnArg) -> Result<Property> {
    let FnArg::Typed(argument) = argument else {
        return Err(Error::new(argument.span(), "a component has no self"));
    };
    let Pat::Ident(pattern) = *argument.pat else {
        return Err(Error::new(argument.pat.span(), "a property is a plain name"));
    };
    let mut property =
        Property { docs: Vec::new(), name: pattern.ident, of: *argument.ty, into: false, optional: false };
    for attribute in argument.attrs {
        if !attribute.path().is_ident("prop") {
            property.docs.push(attribute);
            continue;
        }
        attribute.parse_nested_meta(|option| {
            if option.path.is_ident("into") {
                property.into = true;
            } else if option.path.is_ident("optional") {
                property.optional = true;
            } else {
                return Err(option.error("a property is `into`, `optional` or both"));
            }
            Ok(())
        })?;
    }
    Ok(property)
}

/// The field of a property, with what its setter does.
fn field(property: &Property) -> TokenStream {
    let Property { docs, name, of, into, optional } = property;
    let into = into.then(|| quote!(setter(into)));
    let optional = optional.then(|| quote!(default));
    let options: Vec<_> = [into, optional].into_iter().flatten().collect();
    let builder = (!options.is_empty()).then(|| quote!(#[builder(#(#options),*)]));
    quote! {
        #(#docs)*
        #builder
        #name: #of,
    }
}
