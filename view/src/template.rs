//! `view!`: what is fixed becomes a string, what is not becomes the holes in it.
//!
//! The string is read by `porthole::ui::dom::template`, which says what its marks mean.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote};
use rstml::Infallible;
use rstml::node::{
    KeyedAttribute, KeyedAttributeValue, Node, NodeAttribute, NodeBlock, NodeElement, NodeName,
};
use syn::spanned::Spanned as _;
use syn::{Block, Error, Expr, Ident, Lit, Result, Stmt};

/// Opens an element of HTML; its name follows.
const OPEN: char = '\u{1}';
/// Opens an element of SVG; its name follows.
const OPEN_SVG: char = '\u{2}';
/// An attribute of the open element; its name follows.
const NAME: char = '\u{3}';
/// The value of the attribute follows.
const VALUE: char = '\u{4}';
/// A text follows.
const TEXT: char = '\u{5}';
/// The next hole belongs here; the name of the attribute or event that fills it follows, if it has one.
const HOLE: char = '\u{6}';
/// Closes the open element.
const CLOSE: char = '\u{7}';

/// Names that a view may begin with outside of `<svg>` and that are elements of SVG all the same.
const SVG: [&str; 8] = ["svg", "circle", "g", "line", "path", "polygon", "polyline", "rect"];

/// A view in the making.
#[derive(Default)]
struct Template {
    fixed: String,
    holes: Vec<TokenStream>,
}

pub(crate) fn expand(tokens: TokenStream) -> Result<TokenStream> {
    view_of(&rstml::parse2(tokens)?)
}

fn view_of(nodes: &[Node<Infallible>]) -> Result<TokenStream> {
    // A lone expression or component is a view already.
    if let [node] = nodes
        && let Some(view) = expression(node)?
    {
        return Ok(quote!(::porthole::ui::dom::IntoView::into_view(#view)));
    }
    let mut template = Template::default();
    for node in nodes {
        template.node(node, false)?;
    }
    let Template { fixed, holes } = template;
    Ok(quote!(::porthole::ui::dom::template(#fixed, ::std::vec![#(#holes),*])))
}

/// The expression that a node is, unless it is an element or a text.
fn expression(node: &Node<Infallible>) -> Result<Option<TokenStream>> {
    match node {
        Node::Block(NodeBlock::ValidBlock(block)) => Ok(Some(without_braces(block))),
        Node::Element(element) if is_component(element) => component(element).map(Some),
        _ => Ok(None),
    }
}

/// The one expression of a block, or the block.
fn without_braces(block: &Block) -> TokenStream {
    match block.stmts.as_slice() {
        [Stmt::Expr(expression, None)] => expression.to_token_stream(),
        _ => block.to_token_stream(),
    }
}

fn is_component(element: &NodeElement<Infallible>) -> bool {
    match element.name() {
        NodeName::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|name| name.ident.to_string().starts_with(char::is_uppercase)),
        NodeName::Punctuated(_) | NodeName::Block(_) => false,
    }
}

impl Template {
    fn node(&mut self, node: &Node<Infallible>, in_svg: bool) -> Result<()> {
        if let Some(view) = expression(node)? {
            self.hole(
                "",
                quote!(::porthole::ui::dom::Hole::Child(::porthole::ui::dom::IntoView::into_view(#view))),
            );
            return Ok(());
        }
        match node {
            Node::Element(element) => self.element(element, in_svg),
            Node::Text(text) => self.fixed(TEXT, &text.value_string(), text.value.span()),
            Node::Fragment(fragment) => {
                fragment.children.iter().try_for_each(|child| self.node(child, in_svg))
            }
            other => {
                Err(Error::new(other.span(), "a view is made of elements, texts in quotes and {expressions}"))
            }
        }
    }

    fn element(&mut self, element: &NodeElement<Infallible>, in_svg: bool) -> Result<()> {
        let name = element.name().to_string();
        let in_svg = in_svg || SVG.contains(&name.as_str());
        self.fixed(if in_svg { OPEN_SVG } else { OPEN }, &name, element.name().span())?;
        for attribute in element.attributes() {
            let NodeAttribute::Attribute(attribute) = attribute else {
                return Err(Error::new(attribute.span(), "an attribute has a name"));
            };
            self.attribute(attribute)?;
        }
        element.children().iter().try_for_each(|child| self.node(child, in_svg))?;
        self.fixed.push(CLOSE);
        Ok(())
    }

    fn attribute(&mut self, attribute: &KeyedAttribute) -> Result<()> {
        let name = attribute.key.to_string();
        let Some(value) = attribute.value() else {
            self.fixed(NAME, &name, attribute.key.span())?;
            self.fixed.push(VALUE);
            return Ok(());
        };
        if let Expr::Lit(literal) = value
            && let Lit::Str(text) = &literal.lit
            && !name.contains(':')
        {
            self.fixed(NAME, &name, attribute.key.span())?;
            return self.fixed(VALUE, &text.value(), text.span());
        }
        if let Some(event) = name.strip_prefix("on:") {
            let name = event;
            let event = Ident::new(event, attribute.key.span());
            self.hole(name, quote!(::porthole::ui::dom::listener(::porthole::ui::dom::ev::#event, #value)));
        } else if name == "bind:value" {
            self.hole("prop:value", quote!(::porthole::ui::dom::attribute(#value)));
            self.hole("input", quote!(::porthole::ui::dom::follow(#value)));
        } else if name == "node_ref" {
            self.hole("", quote!(::porthole::ui::dom::reference(#value)));
        } else {
            let kind = name.split_once(':').map_or("", |(kind, _)| kind);
            if !["", "class", "style", "prop"].contains(&kind) {
                return Err(Error::new(attribute.key.span(), format!("there is no {kind}: here")));
            }
            let value = property_value(value);
            self.hole(&name, quote!(::porthole::ui::dom::attribute(#value)));
        }
        Ok(())
    }

    fn fixed(&mut self, mark: char, text: &str, place: Span) -> Result<()> {
        if text.contains(|character| character <= CLOSE) {
            return Err(Error::new(place, "a fixed text has no control characters"));
        }
        self.fixed.push(mark);
        self.fixed.push_str(text);
        Ok(())
    }

    fn hole(&mut self, name: &str, hole: TokenStream) {
        self.fixed.push(HOLE);
        self.fixed.push_str(name);
        self.holes.push(hole);
    }
}

/// The value of a property, without the braces that a value may stand in.
fn property_value(value: &Expr) -> TokenStream {
    match value {
        Expr::Block(block) if block.attrs.is_empty() && block.label.is_none() => without_braces(&block.block),
        value => value.to_token_stream(),
    }
}

/// A component with its properties, or one of the two that the renderer knows itself.
fn component(element: &NodeElement<Infallible>) -> Result<TokenStream> {
    let name = element.name();
    let mut properties = Vec::new();
    let mut item = None;
    for attribute in element.attributes() {
        let NodeAttribute::Attribute(attribute) = attribute else {
            return Err(Error::new(attribute.span(), "a property has a name"));
        };
        let key = attribute.key.to_string();
        if let Some(pattern) = key.strip_prefix("let:") {
            item = Some(Ident::new(pattern, attribute.key.span()));
            continue;
        }
        if matches!(attribute.possible_value, KeyedAttributeValue::Binding(_)) {
            return Err(Error::new(attribute.span(), "write let:name"));
        }
        let key = Ident::new(&key, attribute.key.span());
        let value = attribute.value().map_or_else(|| quote!(#key), property_value);
        properties.push((key, value));
    }
    let children = (!element.children().is_empty()).then(|| view_of(element.children())).transpose()?;
    let property = |wanted: &str| properties.iter().find(|(key, _)| key == wanted).map(|(_, value)| value);
    let missing = |what: &str| Error::new(name.span(), format!("{name} needs {what}"));
    match name.to_string().as_str() {
        "Show" => {
            let when = property("when").ok_or_else(|| missing("when"))?;
            let children = children.ok_or_else(|| missing("children"))?;
            let fallback =
                property("fallback").map_or_else(|| quote!(|| ()), quote::ToTokens::to_token_stream);
            Ok(quote!(::porthole::ui::dom::show(#when, move || #children, #fallback)))
        }
        "For" => {
            let each = property("each").ok_or_else(|| missing("each"))?;
            let key = property("key").ok_or_else(|| missing("key"))?;
            let row = match (property("children"), children, item) {
                (Some(row), None, None) => row.clone(),
                (None, Some(children), Some(item)) => quote!(move |#item| #children),
                _ => return Err(missing("children with let:name")),
            };
            Ok(quote!(::porthole::ui::dom::keyed(#each, #key, #row)))
        }
        _ => {
            let setters = properties.iter().map(|(key, value)| quote!(.#key(#value)));
            let children =
                children.map(|children| quote!(.children(::std::boxed::Box::new(move || #children))));
            Ok(quote! {{
                let props = ::leptos::component::component_props_builder(&#name) #(#setters)* #children .build();
                ::leptos::component::component_view(#name, props)
            }})
        }
    }
}
